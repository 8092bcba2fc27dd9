import type { FeatureRows } from '../../domain/features';
import type { ImageSource } from '../images/imageSource';
import { withPixels } from '../images/pictureCache';
import { readOnce } from '../kernels/runtime/readOnce';

/** Images read from the device at once. */
const CHUNK = 256;

/**
 * Images, as the network gets them when they are measured, as rows of pixel values minus the mean image of the first set: the baseline that
 * features have to beat, in its stronger form (cosines of uncentred pixels are all near 1).
 */
export async function centredPixels(source: ImageSource, sets: readonly Uint32Array[]): Promise<FeatureRows[]> {
  const rows: FeatureRows[] = [];
  for (const indices of sets) rows.push(await pixelRows(source, indices));
  return centre(rows);
}

async function pixelRows(source: ImageSource, indices: Uint32Array): Promise<FeatureRows> {
  const d = source.side * source.side * 3;
  const data = new Float32Array(indices.length * d);
  for (let start = 0; start < indices.length; start += CHUNK) {
    const part = indices.subarray(start, start + CHUNK);
    const images = await withPixels(source.dataset, part, () => source.unnormalised(part));
    data.set(await readOnce(images), start * d);
  }
  return { data, n: indices.length, d };
}

/** Subtracts the first set's mean row from all. */
export function centre(rows: readonly FeatureRows[]): FeatureRows[] {
  const [{ data, n, d }] = rows;
  const mean = new Float64Array(d);
  for (let i = 0; i < data.length; i++) mean[i % d] += data[i] / n;
  return rows.map((row) => ({ ...row, data: row.data.map((value, i) => value - mean[i % d]) }));
}
