/** A "50 megapixel" camera makes up to 50.6 million pixels. */
export const MAX_PIXELS = 52_000_000;

/** An uncompressed image of 50 megapixels has 200 MB. */
export const MAX_FILE_BYTES = 256 * 2 ** 20;

/** Decoded images are held in memory at once, by the page or its worker. */
export const MAX_DATASET_BYTES = 2 * 2 ** 30;

/** A size in bytes as people read it, e.g. "3.2 GB". */
export function formatBytes(bytes: number): string {
  if (bytes < 1000) return `${bytes} bytes`;
  const units = ['kB', 'MB', 'GB', 'TB'];
  let value = bytes;
  let unit = '';
  for (const next of units) {
    value /= 1000;
    unit = next;
    if (value < 999.5) break;
  }
  return `${value < 9.95 ? value.toFixed(1) : Math.round(value)} ${unit}`;
}
