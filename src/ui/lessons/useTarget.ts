import { useEffect, useState } from 'react';
import type { LessonTarget } from '../../domain/lessons/targets';
import { controlOf, shownTarget } from './target';

/** A box on the screen, in CSS pixels. */
export interface Box {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

interface Found {
  readonly element: HTMLElement | null;
  readonly box: Box | null;
}

const NOTHING: Found = { element: null, box: null };

function find(target: LessonTarget): Found {
  const element = shownTarget(target);
  if (element === null) return NOTHING;
  const { left, top, width, height } = element.getBoundingClientRect();
  return { element, box: { left, top, width, height } };
}

function isSame(a: Found, b: Found): boolean {
  if (a.element !== b.element || a.box === null || b.box === null) return a.box === b.box;
  return (
    a.box.left === b.box.left && a.box.top === b.box.top && a.box.width === b.box.width && a.box.height === b.box.height
  );
}

/** The element that a lesson points at, and where it is on the screen; it may come and go as the page changes. */
export function useTarget(target: LessonTarget | null): Found {
  const [found, setFound] = useState(NOTHING);
  useEffect(() => {
    if (target === null) {
      setFound(NOTHING);
      return;
    }
    let frame = 0;
    const look = () => {
      frame = 0;
      const now = find(target);
      setFound((before) => (isSame(before, now) ? before : now));
    };
    const soon = () => {
      if (frame === 0) frame = requestAnimationFrame(look);
    };
    const changes = new MutationObserver(soon);
    changes.observe(document.body, {
      childList: true,
      subtree: true,
      attributeFilter: ['aria-expanded', 'data-folded', 'hidden'],
    });
    const sizes = new ResizeObserver(soon);
    sizes.observe(document.body);
    window.addEventListener('scroll', soon, { capture: true, passive: true });
    window.addEventListener('resize', soon);
    soon();
    return () => {
      cancelAnimationFrame(frame);
      changes.disconnect();
      sizes.disconnect();
      window.removeEventListener('scroll', soon, { capture: true });
      window.removeEventListener('resize', soon);
    };
  }, [target]);
  return found;
}

/** Describes the control in a target by an element's text, for those who come to it with a screen reader. */
export function useDescription(element: HTMLElement | null, id: string): void {
  useEffect(() => {
    if (element === null) return;
    const described = controlOf(element) ?? element;
    const before = described.getAttribute('aria-describedby');
    described.setAttribute('aria-describedby', before === null ? id : `${before} ${id}`);
    return () => {
      if (before === null) described.removeAttribute('aria-describedby');
      else described.setAttribute('aria-describedby', before);
    };
  }, [element, id]);
}
