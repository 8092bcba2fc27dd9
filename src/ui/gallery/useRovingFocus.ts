import { type KeyboardEvent, type RefObject, useEffect, useRef } from 'react';

/** How far each arrow key moves in a grid with that many columns. */
const MOVES = { ArrowLeft: -1, ArrowRight: 1 } as const;

function buttonsIn(place: HTMLElement): HTMLElement[] {
  return [...place.querySelectorAll<HTMLElement>('button:not([disabled])')];
}

/**
 * Makes the buttons of a place one stop of the Tab key: arrow keys move the focus among them, up and down by rows (the children of the
 * place), Home and End to its first and last.
 */
export function useRovingFocus<T extends HTMLElement>(): {
  readonly ref: RefObject<T | null>;
  readonly onKeyDown: (event: KeyboardEvent) => void;
} {
  const ref = useRef<T>(null);
  // After each render, since buttons come and go; the one that was focused last stays the stop.
  useEffect(() => {
    if (ref.current === null) return;
    const buttons = buttonsIn(ref.current);
    const stop = buttons.find((button) => button === document.activeElement) ?? buttons.find((b) => b.tabIndex === 0);
    for (const button of buttons) button.tabIndex = button === (stop ?? buttons[0]) ? 0 : -1;
  });
  const onKeyDown = (event: KeyboardEvent) => {
    const place = ref.current;
    const now = document.activeElement;
    if (place === null || !(now instanceof HTMLElement)) return;
    const next = nextOf(place, now, event.key);
    if (next === undefined) return;
    event.preventDefault();
    for (const button of buttonsIn(place)) button.tabIndex = button === next ? 0 : -1;
    next.focus();
  };
  return { ref, onKeyDown };
}

function nextOf(place: HTMLElement, now: HTMLElement, key: string): HTMLElement | undefined {
  const buttons = buttonsIn(place);
  if (key === 'Home') return buttons[0];
  if (key === 'End') return buttons.at(-1);
  if (key === 'ArrowLeft' || key === 'ArrowRight') return buttons[buttons.indexOf(now) + MOVES[key]];
  if (key !== 'ArrowUp' && key !== 'ArrowDown') return undefined;
  const rows = [...place.children].filter((row): row is HTMLElement => row instanceof HTMLElement);
  const row = rows.findIndex((each) => each.contains(now));
  const other = rows[row + (key === 'ArrowUp' ? -1 : 1)];
  const [from] = [rows[row]];
  if (other === undefined || from === undefined) return undefined;
  const there = buttonsIn(other);
  return there[Math.min(buttonsIn(from).indexOf(now), there.length - 1)];
}
