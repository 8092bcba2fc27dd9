import type { FeatureRows } from '../../domain/features';
import type { ImageDataset } from '../../domain/imageDataset';

/**
 * Images as rows of pixel values minus the mean image of the first set: the baseline that features have to beat, in its stronger
 * form (cosines of uncentred pixels are all near 1).
 */
export function centredPixels(dataset: ImageDataset, sets: readonly Uint32Array[]): FeatureRows[] {
  const pixels = dataset.size * dataset.size;
  const d = pixels * 3;
  const rows = sets.map((indices) => {
    const data = new Float32Array(indices.length * d);
    indices.forEach((image, n) => {
      for (let i = 0; i < pixels; i++) {
        for (let c = 0; c < 3; c++) data[n * d + i * 3 + c] = dataset.pixels[(image * pixels + i) * 4 + c] / 255;
      }
    });
    return { data, n: indices.length, d };
  });
  return centre(rows);
}

/** Subtracts the first set's mean row from all. */
export function centre(rows: readonly FeatureRows[]): FeatureRows[] {
  const [{ data, n, d }] = rows;
  const mean = new Float64Array(d);
  for (let i = 0; i < data.length; i++) mean[i % d] += data[i] / n;
  return rows.map((row) => ({ ...row, data: row.data.map((value, i) => value - mean[i % d]) }));
}
