import type { NeighbourGraph } from '../../domain/exploration';

/** Two images that an embedding puts close together. */
export interface AlikePair {
  /** a < b. */
  readonly a: number;
  readonly b: number;
  /** Their cosine, in [-1, 1]. */
  readonly score: number;
}

/** Pairs count as alike from the similarity on that so many of all images do not reach with their nearest neighbour. */
const QUANTILE = 0.95;

/**
 * The similarity that the nearest neighbours of 5 % of the images reach: what counts as alike depends on the folder and on the features.
 */
export function alikeFrom({ n, k, similarities }: NeighbourGraph): number {
  const nearest = Float32Array.from({ length: n }, (_, i) => similarities[i * k]).sort();
  return nearest[Math.min(n - 1, Math.floor(QUANTILE * n))];
}

/**
 * Pairs of images that are each other's neighbours and at least as similar as `alikeFrom`, the most similar first.
 * @param isKnown says which pairs are left out: duplicates, that other lists have
 */
export function alikePairs(
  graph: NeighbourGraph,
  isKnown: (a: number, b: number) => boolean,
  least = alikeFrom(graph),
): AlikePair[] {
  const { n, k, indices, similarities } = graph;
  const pairs: AlikePair[] = [];
  for (let a = 0; a < n; a++) {
    for (let e = a * k; e < (a + 1) * k && similarities[e] >= least; e++) {
      const b = indices[e];
      if (b < a || !indices.subarray(b * k, (b + 1) * k).includes(a) || isKnown(a, b)) continue;
      pairs.push({ a, b, score: similarities[e] });
    }
  }
  return pairs.sort((x, y) => y.score - x.score);
}
