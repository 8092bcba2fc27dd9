import type { PictureCopies } from '../domain/exploration';
import type { FeatureRows } from '../domain/features';
import { AREA, SIDE } from './duplicates/pictureCopies';

/** Side of the pictures whose pixels are the features. */
const SMALL = 8;
const BLOCK = SIDE / SMALL;
const NUMBERS = 3 * SMALL * SMALL;

/**
 * Raw pixels as features: pictures of 8 x 8 pixels, [count, 192], minus a mean picture, since cosines of uncentred pixels are all near 1. What
 * an embedding has to beat.
 * @param mean the picture to subtract; that of these pictures where it is left out
 */
export function pixelFeatures(
  { count, colours }: Pick<PictureCopies, 'count' | 'colours'>,
  mean?: Float32Array,
): { readonly features: FeatureRows; readonly mean: Float32Array } {
  const data = new Float32Array(count * NUMBERS);
  for (let i = 0; i < count; i++) {
    for (let at = 0; at < 3 * AREA; at++) {
      const channel = Math.floor(at / AREA);
      const y = Math.floor((at % AREA) / SIDE / BLOCK);
      const x = Math.floor((at % SIDE) / BLOCK);
      data[i * NUMBERS + (channel * SMALL + y) * SMALL + x] += colours[3 * AREA * i + at] / (255 * BLOCK * BLOCK);
    }
  }
  const subtracted = mean ?? meanOf(data, count);
  for (let i = 0; i < data.length; i++) data[i] -= subtracted[i % NUMBERS];
  return { features: { data, n: count, d: NUMBERS }, mean: subtracted };
}

function meanOf(data: Float32Array, count: number): Float32Array {
  const sums = new Float64Array(NUMBERS);
  for (let i = 0; i < data.length; i++) sums[i % NUMBERS] += data[i];
  return Float32Array.from(sums, (sum) => sum / Math.max(1, count));
}
