import type { FeatureRows } from '../../domain/features';
import type { ProductsOf } from '../products';
import type { OnProgress } from '../work';
import type { NeighbourGraph } from './neighbourGraph';

/** Similarities computed at once: 13 MB, and some 20 ms with 64 features on one thread of a processor. */
const BLOCK_ENTRIES = 3_200_000;

/** Columns of W for products with all rows: rows `start` to `end` - 1, transposed. */
export function transposed({ data, d }: FeatureRows, rows: ArrayLike<number>): Float32Array {
  const count = rows.length;
  const columns = new Float32Array(d * count);
  for (let q = 0; q < count; q++) for (let c = 0; c < d; c++) columns[c * count + q] = data[rows[q] * d + c];
  return columns;
}

/** How many queries are compared with all of n rows at once. */
export function queriesPerBlock(n: number): number {
  return Math.max(1, Math.min(1024, Math.floor(BLOCK_ENTRIES / n)));
}

/** The graph from all similarities, a block of queries at a time. @param rows of length 1 or 0 */
export async function exactGraph(
  rows: FeatureRows,
  k: number,
  productsOf: ProductsOf,
  onProgress: OnProgress,
): Promise<NeighbourGraph> {
  const { n } = rows;
  const indices = new Int32Array(n * k);
  const similarities = new Float32Array(n * k);
  const most = queriesPerBlock(n);
  const products = productsOf(rows);
  try {
    for (let start = 0; start < n; start += most) {
      const count = Math.min(most, n - start);
      const queries = Int32Array.from({ length: count }, (_, q) => start + q);
      const values = await products.times(transposed(rows, queries), count);
      nearest(values, start, count, k, n, indices, similarities);
      await onProgress((start + count) / n);
    }
  } finally {
    products.dispose();
  }
  for (let i = 0; i < similarities.length; i++) similarities[i] = Math.max(-1, Math.min(1, similarities[i]));
  return { n, k, indices, similarities, isExact: true };
}

/** Writes the k nearest of `count` queries from their similarities [n, count]. */
function nearest(
  values: Float32Array,
  start: number,
  count: number,
  k: number,
  n: number,
  indices: Int32Array,
  similarities: Float32Array,
): void {
  const found = new Int32Array(count);
  // What a row must exceed to be among the nearest of a query.
  const bar = new Float32Array(count).fill(Number.NEGATIVE_INFINITY);
  for (let row = 0; row < n; row++) {
    const base = row * count;
    for (let q = 0; q < count; q++) {
      const value = values[base + q];
      if (!(value > bar[q]) || row === start + q) continue;
      const first = (start + q) * k;
      let place = Math.min(found[q], k - 1);
      for (; place > 0 && similarities[first + place - 1] < value; place--) {
        similarities[first + place] = similarities[first + place - 1];
        indices[first + place] = indices[first + place - 1];
      }
      similarities[first + place] = value;
      indices[first + place] = row;
      if (found[q] < k) found[q]++;
      if (found[q] === k) bar[q] = similarities[first + k - 1];
    }
  }
}
