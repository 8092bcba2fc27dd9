import type { NeighbourGraph } from '../../domain/exploration';
import type { FeatureRows } from '../../domain/features';
import type { Products, ProductsOf } from '../products';
import type { OnProgress } from '../work';

/** Similarities computed at once: some 20 ms with 64 features on one thread of a processor. */
const BLOCK_ENTRIES = 1_600_000;

/** All rows are divided into at most this many parts, and those parts are compared once with each other. */
const PARTS = 8;
const SMALLEST_PART = 1024;

/** Columns of W for products with all rows: these rows, transposed. */
export function transposed({ data, d }: FeatureRows, rows: ArrayLike<number>): Float32Array {
  const count = rows.length;
  const columns = new Float32Array(d * count);
  for (let q = 0; q < count; q++) for (let c = 0; c < d; c++) columns[c * count + q] = data[rows[q] * d + c];
  return columns;
}

/** How many queries are compared with n rows at once. */
export function queriesPerBlock(n: number): number {
  return Math.max(1, Math.min(1024, Math.floor(BLOCK_ENTRIES / n)));
}

interface Part {
  readonly start: number;
  readonly end: number;
  readonly products: Products;
}

/**
 * The graph from all similarities, a block of queries at a time. A similarity counts for both of its rows, so that each is computed once.
 * @param rows of length 1 or 0
 */
export async function exactGraph(
  rows: FeatureRows,
  k: number,
  productsOf: ProductsOf,
  onProgress: OnProgress,
): Promise<NeighbourGraph> {
  const { n } = rows;
  const lists = new Lists(n, k);
  const parts = partsOf(rows, productsOf);
  try {
    for (const [p, own] of parts.entries()) {
      const most = queriesPerBlock(own.end - own.start);
      for (let start = own.start; start < own.end; start += most) {
        const count = Math.min(most, own.end - start);
        const queries = transposed(
          rows,
          Int32Array.from({ length: count }, (_, q) => start + q),
        );
        for (const other of parts.slice(p)) {
          lists.add(await other.products.times(queries, count), other, start, count);
          // Of the pairs with the first `start` rows, all are done.
          await onProgress(1 - (1 - start / n) ** 2);
        }
      }
    }
  } finally {
    for (const { products } of parts) products.dispose();
  }
  await onProgress(1);
  return lists.graph();
}

function partsOf(rows: FeatureRows, productsOf: ProductsOf): Part[] {
  const { data, n, d } = rows;
  const length = Math.max(SMALLEST_PART, Math.ceil(n / PARTS));
  return Array.from({ length: Math.ceil(n / length) }, (_, i) => {
    const [start, end] = [i * length, Math.min(n, (i + 1) * length)];
    return { start, end, products: productsOf({ data: data.subarray(start * d, end * d), n: end - start, d }) };
  });
}

/** The k nearest of each row so far. */
class Lists {
  readonly #n: number;
  readonly #k: number;
  readonly #indices: Int32Array;
  readonly #similarities: Float32Array;
  readonly #found: Int32Array;
  /** What another row must exceed to be among the nearest of a row. */
  readonly #bars: Float32Array;

  constructor(n: number, k: number) {
    this.#n = n;
    this.#k = k;
    this.#indices = new Int32Array(n * k);
    this.#similarities = new Float32Array(n * k);
    this.#found = new Int32Array(n);
    this.#bars = new Float32Array(n).fill(Number.NEGATIVE_INFINITY);
  }

  /** Similarities [rows of the part, count] with the queries from `first` on; pairs whose row comes before the query are left out. */
  add(values: Float32Array, { start, end }: Part, first: number, count: number): void {
    const bars = this.#bars;
    for (let row = Math.max(start, first + 1); row < end; row++) {
      const base = (row - start) * count;
      const most = Math.min(count, row - first);
      let rowBar = bars[row];
      for (let q = 0; q < most; q++) {
        const value = values[base + q];
        if (value > bars[first + q]) this.#insert(first + q, row, value);
        if (value > rowBar) {
          this.#insert(row, first + q, value);
          rowBar = bars[row];
        }
      }
    }
  }

  #insert(row: number, other: number, similarity: number): void {
    const k = this.#k;
    const first = row * k;
    const similarities = this.#similarities;
    const indices = this.#indices;
    let place = first + Math.min(this.#found[row], k - 1);
    for (; place > first && similarities[place - 1] < similarity; place--) {
      similarities[place] = similarities[place - 1];
      indices[place] = indices[place - 1];
    }
    similarities[place] = similarity;
    indices[place] = other;
    if (this.#found[row] < k) this.#found[row]++;
    if (this.#found[row] === k) this.#bars[row] = similarities[first + k - 1];
  }

  graph(): NeighbourGraph {
    const similarities = this.#similarities.map((value) => Math.max(-1, Math.min(1, value)));
    return { n: this.#n, k: this.#k, indices: this.#indices, similarities, isExact: true };
  }
}
