import { type PageStorage, readText, writeText } from '../pageText';
import type { KeepChoice } from './keptImagesStore';

const KEY = 'simsiam-lab-own-images';

/** What the person chose for own images before; null where nothing was chosen, or it cannot be read. */
export function readChoice(storage: PageStorage | null): KeepChoice | null {
  const text = readText(storage, KEY);
  return text === 'keep' || text === 'tab' ? text : null;
}

/** Remembers the choice. Where the browser's settings forbid it, the question is asked again at the next opening of the page. */
export function writeChoice(storage: PageStorage | null, choice: KeepChoice): void {
  writeText(storage, KEY, choice);
}
