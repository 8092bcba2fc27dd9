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
