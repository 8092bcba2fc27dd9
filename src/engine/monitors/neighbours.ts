import type { FeatureRows } from '../../domain/features';
import type { Neighbour, QueryNeighbours } from '../../domain/measurement';
import { checkRows, normaliseRows } from './featureRows';

/**
 * The nearest rows of some queries by cosine similarity, among rows that are added block after block; of each query only the best few are
 * kept. Largest similarity first; of equal ones the lower row number, so that the same features always give the same pictures. A query is
 * not its own neighbour, and a row that is not finite is nobody's.
 */
export class NearestRows {
  readonly #numbers: readonly number[];
  readonly #queries: Float64Array;
  readonly #d: number;
  readonly #count: number;
  readonly #nearest: Neighbour[][];

  /**
   * @param queries features of the queries
   * @param numbers the row number of each query
   * @param count neighbours per query; fewer where there are not as many other rows
   * @throws RangeError when `queries` does not hold n x d numbers.
   */
  constructor(queries: FeatureRows, numbers: readonly number[], count: number) {
    checkRows(queries, 'queries');
    this.#numbers = numbers;
    this.#queries = normaliseRows(queries);
    this.#d = queries.d;
    this.#count = count;
    this.#nearest = numbers.map(() => []);
  }

  /**
   * Searches rows `first`, `first` + 1 and so on. Blocks are added in ascending order.
   * @throws RangeError when `features` does not hold n x d numbers.
   */
  add(features: FeatureRows, first: number): void {
    checkRows(features, 'features');
    const d = this.#d;
    const rows = normaliseRows(features);
    this.#numbers.forEach((number, query) => {
      const nearest = this.#nearest[query];
      for (let row = 0; row < features.n; row++) {
        if (first + row === number) continue;
        const similarity = dot(this.#queries, query * d, rows, row * d, d);
        if (!Number.isNaN(similarity)) insert(nearest, { index: first + row, similarity }, this.#count);
      }
    });
  }

  /** The nearest among the rows added so far, in the order of the queries. */
  found(): QueryNeighbours[] {
    return this.#numbers.map((query, i) => ({ query, neighbours: this.#nearest[i] }));
  }
}

/** Adds a neighbour to the best `count`, behind those of equal similarity. */
function insert(nearest: Neighbour[], neighbour: Neighbour, count: number): void {
  const last = nearest[count - 1];
  if (last !== undefined && last.similarity >= neighbour.similarity) return;
  let place = nearest.length;
  while (place > 0 && nearest[place - 1].similarity < neighbour.similarity) place--;
  nearest.splice(place, 0, neighbour);
  if (nearest.length > count) nearest.pop();
}

/**
 * The nearest rows of each query row among all rows, without the query itself (`NearestRows`).
 * @param queries row numbers in 0..n - 1.
 * @param count neighbours per query; fewer when there are not as many other rows.
 * @throws RangeError for a query that is not a row number.
 */
export function nearestNeighbours(features: FeatureRows, queries: readonly number[], count: number): QueryNeighbours[] {
  checkRows(features, 'features');
  const { n } = features;
  const stranger = queries.find((query) => !Number.isInteger(query) || query < 0 || query >= n);
  if (stranger !== undefined) throw new RangeError(`Query ${stranger} is not among the ${n} rows.`);
  const nearest = new NearestRows(rowsAt(features, queries), queries, count);
  nearest.add(features, 0);
  return nearest.found();
}

/** Some rows, in the order given. */
export function rowsAt({ data, d }: FeatureRows, rows: readonly number[]): FeatureRows {
  const chosen = new Float32Array(rows.length * d);
  rows.forEach((row, i) => {
    chosen.set(data.subarray(row * d, (row + 1) * d), i * d);
  });
  return { data: chosen, n: rows.length, d };
}

function dot(a: Float64Array, startA: number, b: Float64Array, startB: number, d: number): number {
  let sum = 0;
  for (let c = 0; c < d; c++) sum += a[startA + c] * b[startB + c];
  return sum;
}
