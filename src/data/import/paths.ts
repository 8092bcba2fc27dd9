/** Orders paths by code units, the same on every machine and in every language. */
export function comparePaths(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

/**
 * The items in the order of their paths, in place. By default names in the Unicode forms NFC and NFD are one, so that the copy of a folder on
 * macOS has the same order; earlier versions compared the characters as they are.
 */
export function sortByPath<T extends { readonly path: string }>(items: T[], asTheyAre: boolean): T[] {
  if (asTheyAre) return items.sort((a, b) => comparePaths(a.path, b.path));
  const keys = new Map(items.map((item) => [item, item.path.normalize('NFC')]));
  const keyOf = (item: T) => keys.get(item) ?? item.path;
  return items.sort((a, b) => comparePaths(keyOf(a), keyOf(b)) || comparePaths(a.path, b.path));
}

/** Control characters, and those that change the direction of the text after them. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are to be found.
const CONTROLS = /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

/** A path as it can be shown in a page or a terminal: without characters that would change the text around it. */
export function withoutControls(path: string): string {
  return path.replace(CONTROLS, '\ufffd');
}

/** Longer paths are shortened in sentences. */
const MAX_SHOWN = 120;

/** A path as it is shown within a sentence: of a long one, its beginning and its end. */
export function shownPath(path: string): string {
  const characters = [...path];
  if (characters.length <= MAX_SHOWN) return path;
  return `${characters.slice(0, MAX_SHOWN / 3).join('')} … ${characters.slice((-MAX_SHOWN * 2) / 3).join('')}`;
}
