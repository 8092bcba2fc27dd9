import type { FeatureRows } from '../domain/features';
import { AREA, type PictureCopies, SIDE } from './duplicates/pictureCopies';

/** Side of the pictures whose pixels are the features. */
const SMALL = 8;
const BLOCK = SIDE / SMALL;

/** Raw pixels as features: pictures of 8 x 8 pixels minus their mean picture, [count, 192]. What an embedding has to beat. */
export function pixelFeatures({ count, colours }: PictureCopies): FeatureRows {
  const d = 3 * SMALL * SMALL;
  const data = new Float32Array(count * d);
  const mean = new Float64Array(d);
  for (let i = 0; i < count; i++) {
    for (let at = 0; at < 3 * AREA; at++) {
      const channel = Math.floor(at / AREA);
      const y = Math.floor((at % AREA) / SIDE / BLOCK);
      const x = Math.floor((at % SIDE) / BLOCK);
      data[i * d + (channel * SMALL + y) * SMALL + x] += colours[3 * AREA * i + at] / (255 * BLOCK * BLOCK);
    }
    for (let c = 0; c < d; c++) mean[c] += data[i * d + c] / count;
  }
  for (let i = 0; i < data.length; i++) data[i] -= mean[i % d];
  return { data, n: count, d };
}
