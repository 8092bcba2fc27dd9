import type { FeatureRows } from '../../domain/features';
import type { Neighbour, QueryNeighbours } from '../../domain/measurement';
import { checkRows, normaliseRows } from './featureRows';

/**
 * The nearest rows of each query row among all rows, by cosine similarity, without the query itself. Largest similarity first; of equal
 * ones the earlier row, so that the same features always give the same pictures.
 * @param queries row numbers in 0..n - 1.
 * @param count neighbours per query; fewer when there are not as many other rows.
 * @throws RangeError for a query that is not a row number.
 */
export function nearestNeighbours(features: FeatureRows, queries: readonly number[], count: number): QueryNeighbours[] {
  checkRows(features, 'features');
  const { n, d } = features;
  const rows = normaliseRows(features);
  return queries.map((query) => {
    if (!Number.isInteger(query) || query < 0 || query >= n) {
      throw new RangeError(`Query ${query} is not among the ${n} rows.`);
    }
    const others: Neighbour[] = [];
    for (let index = 0; index < n; index++) {
      if (index !== query) others.push({ index, similarity: dot(rows, query * d, index * d, d) });
    }
    others.sort((a, b) => b.similarity - a.similarity || a.index - b.index);
    return { query, neighbours: others.slice(0, count) };
  });
}

function dot(rows: Float64Array, a: number, b: number, d: number): number {
  let sum = 0;
  for (let c = 0; c < d; c++) sum += rows[a + c] * rows[b + c];
  return sum;
}
