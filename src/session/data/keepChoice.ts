import type { KeepChoice } from './keptImagesStore';

/** The part of `localStorage` that the choice needs. */
export type ChoiceStorage = Pick<Storage, 'getItem' | 'setItem'>;

const KEY = 'simsiam-lab-own-images';

/** What the person chose for own images before; null where nothing was chosen, or it cannot be read. */
export function readChoice(storage: ChoiceStorage | null): KeepChoice | null {
  try {
    const text = storage?.getItem(KEY);
    return text === 'keep' || text === 'tab' ? text : null;
  } catch {
    return null;
  }
}

/** Remembers the choice. Where the browser's settings forbid it, the question is asked again at the next opening of the page. */
export function writeChoice(storage: ChoiceStorage | null, choice: KeepChoice): void {
  try {
    storage?.setItem(KEY, choice);
  } catch {
    // Full, or forbidden.
  }
}
