import type { FeatureRows } from '../domain/features';
import { AREA, type PictureCopies, SIDE } from './duplicates/pictureCopies';

/** Side of the squares of a copy whose mean is one number. */
const CELL = 2;
const CELLS = SIDE / CELL;
/** Numbers a picture: 16 x 16 of each colour. */
export const PIXEL_FEATURES = 3 * CELLS * CELLS;

/**
 * Pictures as rows of colours, of 16 x 16 cells each, minus the mean picture: cosines of pixels that are not centred are all near 1.
 * @param mean the picture to subtract; that of these pictures where it is left out
 */
export function pixelFeatures(
  { count, colours }: PictureCopies,
  mean?: Float32Array,
): { readonly features: FeatureRows; readonly mean: Float32Array } {
  const d = PIXEL_FEATURES;
  const data = new Float32Array(count * d);
  for (let picture = 0; picture < 3 * count; picture++) {
    for (let y = 0; y < SIDE; y++) {
      for (let x = 0; x < SIDE; x++) {
        const cell = picture * CELLS * CELLS + Math.floor(y / CELL) * CELLS + Math.floor(x / CELL);
        data[cell] += colours[picture * AREA + y * SIDE + x] / (CELL * CELL);
      }
    }
  }
  const subtracted = mean ?? meanOf(data, count);
  for (let i = 0; i < data.length; i++) data[i] -= subtracted[i % d];
  return { features: { data, n: count, d }, mean: subtracted };
}

function meanOf(data: Float32Array, count: number): Float32Array {
  const sums = new Float64Array(PIXEL_FEATURES);
  for (let i = 0; i < data.length; i++) sums[i % PIXEL_FEATURES] += data[i];
  return Float32Array.from(sums, (sum) => sum / Math.max(1, count));
}
