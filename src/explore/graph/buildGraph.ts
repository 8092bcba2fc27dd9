import type { NeighbourGraph } from '../../domain/exploration';
import type { FeatureRows } from '../../domain/features';
import type { ProductsOf } from '../products';
import { finished, type OnProgress } from '../work';
import { exactGraph } from './exactGraph';
import { unitRows } from './neighbourGraph';
import { descendedGraph } from './nnDescent';

/** Neighbours of an image in the map and in the lists made from the graph. */
export const NEIGHBOURS = 15;

/** Up to so many images all similarities are computed; above, the graph is approximate. */
export const EXACT_UP_TO = 50_000;

export interface GraphOptions {
  readonly k?: number;
  readonly productsOf: ProductsOf;
  readonly onProgress?: OnProgress;
  /** `EXACT_UP_TO` where left out. */
  readonly exactUpTo?: number;
}

/**
 * The k nearest neighbours of each row by cosine similarity. A row of zeros is similar to no other: its cosines are 0.
 * @throws RangeError for features that are not finite, fewer than two rows, or k < 1
 */
export async function neighbourGraph(
  features: FeatureRows,
  { k = NEIGHBOURS, productsOf, onProgress = () => undefined, exactUpTo = EXACT_UP_TO }: GraphOptions,
): Promise<NeighbourGraph> {
  if (!Number.isInteger(k) || k < 1) throw new RangeError(`k must be a whole number of at least 1, got ${k}.`);
  if (features.n < 2) throw new RangeError('Neighbours need at least two images.');
  const rows = unitRows(features);
  const most = Math.min(k, rows.n - 1);
  if (rows.n <= exactUpTo) return exactGraph(rows, most, productsOf, onProgress);
  return finished(descendedGraph(rows, most), onProgress);
}
