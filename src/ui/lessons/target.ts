import { type LessonTarget, placeOfTarget } from '../../domain/lessons/targets';
import type { Lab } from '../../session/lab';

/** Frames that are waited for until a place or a folded part has been rendered. */
const PATIENCE = 30;
/** Distance in pixels that a target keeps from the edges of what is seen. */
const GAP = 12;
const FOCUSABLE = 'button:not(:disabled), input:not([type="file"]), select, a[href], [role="slider"], [tabindex="0"]';

const elementsOf = (target: LessonTarget) => [
  ...document.querySelectorAll<HTMLElement>(`[data-part="${CSS.escape(target)}"]`),
];

/** The element that a lesson points at; null where it is not shown. */
export function shownTarget(target: LessonTarget): HTMLElement | null {
  return elementsOf(target).find((element) => element.checkVisibility()) ?? null;
}

/** What takes the focus in a target: itself, or the first control in it; null where it has none. */
export function controlOf(element: HTMLElement): HTMLElement | null {
  return element.matches(FOCUSABLE) ? element : element.querySelector<HTMLElement>(FOCUSABLE);
}

/** Gives the focus to the control that a lesson points at. */
export function focusTarget(target: LessonTarget): void {
  const element = shownTarget(target);
  if (element !== null) controlOf(element)?.focus();
}

/** Opens the innermost folded part around a target. Returns whether there was one. */
function unfold(target: LessonTarget): boolean {
  const [element] = elementsOf(target);
  if (element === undefined) {
    const more = document.querySelector<HTMLElement>('[data-part="moreSettings"][aria-expanded="false"]');
    if (placeOfTarget(target) === 'train') more?.click();
    return more !== null;
  }
  for (let around: HTMLElement | null = element; around !== null; around = around.parentElement) {
    if (around.id === '') continue;
    const button = document.querySelector<HTMLElement>(
      `[aria-controls="${CSS.escape(around.id)}"][aria-expanded="false"]`,
    );
    if (button === null) continue;
    button.click();
    return true;
  }
  return false;
}

/** Scrolls so that an element lies between the head of the page and what is fixed at its bottom; as much of it as fits. */
function scrollTo(element: HTMLElement): void {
  const header = document.querySelector('header');
  const isSticky = header !== null && getComputedStyle(header).position === 'sticky';
  const top = (isSticky ? header.offsetHeight : 0) + GAP;
  const strip = document.querySelector('[data-lesson-strip]')?.getBoundingClientRect();
  const bottom = Math.min(innerHeight, strip?.top ?? innerHeight) - GAP;
  const box = element.getBoundingClientRect();
  if (getComputedStyle(element).position === 'fixed' || (box.top >= top && box.bottom <= bottom)) return;
  const by = box.top < top || box.height > bottom - top ? box.top - top : box.bottom - bottom;
  const isCalm = matchMedia('(prefers-reduced-motion: reduce)').matches;
  window.scrollBy({ top: by, behavior: isCalm ? 'auto' : 'smooth' });
}

const nextFrame = () => new Promise((resolve) => requestAnimationFrame(resolve));

/**
 * Brings a target into view: goes to its place, opens what it is folded into, and scrolls to it. Does nothing more once `isCurrent` is false.
 */
export async function reveal(lab: Lab, target: LessonTarget, isCurrent: () => boolean): Promise<void> {
  const place = placeOfTarget(target);
  if (place !== null) lab.placeStore.setState({ place });
  if (target === 'gallery') lab.exploring.show('neighbours');
  for (let frame = 0; frame < PATIENCE; frame++) {
    await nextFrame();
    if (!isCurrent()) return;
    const element = shownTarget(target);
    if (element !== null) {
      scrollTo(element);
      return;
    }
    unfold(target);
  }
}
