import type { PictureCopies } from '../../domain/exploration';
import type { KeptShapes } from '../../domain/imageDataset';
import { AREA, writePictureCopy } from './pictureCopies';

/** Pictures read at once. */
const BLOCK = 64;

/** Hands the pixels of each of these pictures, RGBA, to `use`. */
export type ReadPixels = (
  indices: readonly number[],
  use: (index: number, pixels: Uint8Array) => void,
) => void | Promise<void>;

/**
 * Small copies of all pictures, which duplicates are found by.
 * @param between awaited after each block, with the number of its pictures; may throw to stop
 */
export async function readCopies(
  { widths, heights }: KeptShapes,
  read: ReadPixels,
  between: (pictures: number) => void | Promise<void>,
): Promise<PictureCopies> {
  const count = widths.length;
  const colours = new Uint8Array(3 * AREA * count);
  for (let start = 0; start < count; start += BLOCK) {
    const indices = Array.from({ length: Math.min(BLOCK, count - start) }, (_, i) => start + i);
    await read(indices, (i, pixels) => {
      writePictureCopy(pixels, widths[i], heights[i], colours.subarray(3 * AREA * i, 3 * AREA * (i + 1)));
    });
    await between(indices.length);
  }
  return { count, colours, widths, heights };
}
