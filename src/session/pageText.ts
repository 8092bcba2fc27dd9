/** The part of `localStorage` that the page uses for a person's preferences. */
export type PageStorage = Pick<Storage, 'getItem' | 'setItem'>;

/** A kept text; null where there is none, no storage, or the browser's settings forbid reading it. */
export function readText(storage: PageStorage | null, key: string): string | null {
  try {
    return storage?.getItem(key) ?? null;
  } catch {
    return null;
  }
}

/** Keeps a text. Where the storage is full or forbidden, it lasts until the page is closed. */
export function writeText(storage: PageStorage | null, key: string, text: string): void {
  try {
    storage?.setItem(key, text);
  } catch {
    // Nothing that a person has to know: a preference is asked for again.
  }
}
