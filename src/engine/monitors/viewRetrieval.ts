import type { FeatureRows } from '../../domain/features';
import { checkRows, unitRows } from './featureRows';
import { type SimilarityPace, similarityBlocks } from './similarity';

/**
 * How often an image's own other view is the nearest (cosine) among the other views of all n images, averaged over both
 * directions. Needs no labels; close to the training objective, so it shows invariance, not meaning. Chance is 1/n, which is also
 * what constant features get: of equal similarities the earlier row is taken.
 * @param a, b features [n, d] of view 1 and view 2 of the same images, in the same order.
 * @param pace how it is computed bit by bit; all at once where left out
 * @returns share in [0, 1]; NaN without images.
 * @throws RangeError when the two have different shapes.
 */
export async function viewRetrieval(a: FeatureRows, b: FeatureRows, pace?: SimilarityPace): Promise<number> {
  checkRows(a, 'a');
  checkRows(b, 'b');
  if (a.n !== b.n) throw new RangeError(`Views of ${a.n} and of ${b.n} images: both need the same images.`);
  const { n } = a;
  let hits = 0;
  // The nearest a of every b is collected over all blocks; the nearest b of a row of a is found within its block.
  const bestOfColumn = new Float32Array(n).fill(Number.NEGATIVE_INFINITY);
  const rowOfColumn = new Int32Array(n).fill(-1);
  for await (const { start, count, values } of similarityBlocks(unitRows(a), unitRows(b), pace)) {
    for (let row = 0; row < count; row++) {
      const i = start + row;
      let best = Number.NEGATIVE_INFINITY;
      let nearest = -1;
      for (let j = 0; j < n; j++) {
        const similarity = values[row * n + j];
        if (similarity > best) {
          best = similarity;
          nearest = j;
        }
        if (similarity > bestOfColumn[j]) {
          bestOfColumn[j] = similarity;
          rowOfColumn[j] = i;
        }
      }
      if (nearest === i) hits++;
    }
  }
  for (let j = 0; j < n; j++) if (rowOfColumn[j] === j) hits++;
  return hits / (2 * n);
}
