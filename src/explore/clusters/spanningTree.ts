import { DisjointSets } from '../../domain/disjointSets';
import type { NeighbourGraph } from '../../domain/exploration';
import type { FeatureRows } from '../../domain/features';
import { queriesPerBlock, transposed } from '../graph/exactGraph';
import type { Products, ProductsOf } from '../products';
import type { OnProgress } from '../work';

/**
 * Distances below this count as this: similarities are computed in float32, whose rounding is a distance of some 5e-4 between rows that are
 * equal.
 */
export const SMALLEST_DISTANCE = 1e-3;

/** The Euclidean distance of two rows of length 1, from their cosine: sqrt(2 - 2 cos), at least `SMALLEST_DISTANCE`. */
export function distanceOf(similarity: number): number {
  return Math.max(SMALLEST_DISTANCE, Math.sqrt(Math.max(0, 2 - 2 * similarity)));
}

/** Rows of a part without an edge in the graph that are compared with all rows, where the tree is not that of all pairs. */
const MOST_ROWS = 256;

/** n - 1 edges that connect n rows. */
export interface SpanningTree {
  readonly from: Int32Array;
  readonly to: Int32Array;
  /** Mutual reachability distances. */
  readonly weights: Float64Array;
}

/**
 * The distance of each row to its `minSamples`-th neighbour, where the row itself is the first (Campello et al. 2013, Definition 1).
 * @throws RangeError when the graph has fewer neighbours
 */
export function coreDistances({ n, k, similarities }: NeighbourGraph, minSamples: number): Float64Array {
  if (!Number.isInteger(minSamples) || minSamples < 2 || minSamples > k + 1) {
    throw new RangeError(`minSamples must be a whole number from 2 to ${k + 1}, got ${minSamples}.`);
  }
  return Float64Array.from({ length: n }, (_, i) => distanceOf(similarities[i * k + minSamples - 2]));
}

export interface SpanningOptions {
  readonly rows: FeatureRows;
  readonly graph: NeighbourGraph;
  readonly core: Float64Array;
  readonly productsOf: ProductsOf;
  /** Whether edges between rows that are not neighbours in the graph are searched wherever they may be shorter. */
  readonly exact: boolean;
  readonly onProgress: OnProgress;
}

/**
 * A minimum spanning tree by mutual reachability, max(core(a), core(b), distance(a, b)) (Campello et al. 2013, Definition 3), by Boruvka's
 * algorithm: in each round, every part but the largest is joined to another one by its shortest edge. Edges come from the graph. Rows whose
 * neighbours all lie in their own part are compared with all rows: with `exact` where a shorter edge than the part's best is possible, which
 * gives the tree of all pairs; else only if the part has no edge in the graph at all, and then at most 256 of its rows, which connects separate parts at
 * the true distance of these rows.
 * @param options.rows of length 1 or 0
 */
export async function spanningTree(options: SpanningOptions): Promise<SpanningTree> {
  const { rows, onProgress } = options;
  const { n } = rows;
  const parts = new DisjointSets(n);
  const tree = { from: new Int32Array(n - 1), to: new Int32Array(n - 1), weights: new Float64Array(n - 1) };
  const products = options.productsOf(rows);
  try {
    for (let edges = 0; edges < n - 1; ) {
      const best = await shortestEdges(options, parts.labels(), products);
      for (const { from, to, weight } of best) {
        if (!parts.unite(from, to)) continue;
        tree.from[edges] = from;
        tree.to[edges] = to;
        tree.weights[edges] = weight;
        edges++;
      }
      await onProgress(edges / (n - 1));
    }
  } finally {
    products.dispose();
  }
  return tree;
}

interface Edge {
  readonly from: number;
  readonly to: number;
  readonly weight: number;
}

/** The shortest edge that leaves each part but the largest. @param labels the part of each row */
async function shortestEdges(
  { rows, graph, core, exact, onProgress }: SpanningOptions,
  labels: Int32Array,
  products: Products,
): Promise<Edge[]> {
  const { n } = rows;
  const { k, indices, similarities } = graph;
  const largest = largestOf(labels);
  const best = new Map<number, Edge>();
  const offer = (label: number, edge: Edge) => {
    const known = best.get(label);
    if (known === undefined || edge.weight < known.weight) best.set(label, edge);
  };
  const candidates: number[] = [];
  for (let i = 0; i < n; i++) {
    let isEnclosed = true;
    for (let e = i * k; e < (i + 1) * k; e++) {
      const j = indices[e];
      if (labels[j] === labels[i]) continue;
      isEnclosed = false;
      const weight = Math.max(core[i], core[j], distanceOf(similarities[e]));
      // The edge leaves both parts: that of the neighbour may not have it in a list of its own.
      if (labels[i] !== largest) offer(labels[i], { from: i, to: j, weight });
      if (labels[j] !== largest) offer(labels[j], { from: i, to: j, weight });
    }
    if (labels[i] !== largest && (isEnclosed || exact)) candidates.push(i);
  }
  // Rows beyond a list are no nearer than its last one.
  const leastBeyond = (i: number) => Math.max(core[i], distanceOf(similarities[(i + 1) * k - 1]));
  const isShorterPossible = (i: number) => {
    const known = best.get(labels[i]);
    return known === undefined || (exact && leastBeyond(i) < known.weight);
  };
  const possible = candidates.filter(isShorterPossible);
  const searched = exact ? possible : someOfEach(possible, labels);
  const most = queriesPerBlock(n);
  for (let start = 0; start < searched.length; start += most) {
    const queries = searched.slice(start, start + most);
    const values = await products.times(transposed(rows, queries), queries.length);
    for (const edge of nearestOutside(values, queries, labels, core)) offer(labels[edge.from], edge);
    await onProgress(0);
  }
  return [...best.values()];
}

/** At most `MOST_ROWS` rows of each part, spread evenly over its rows. */
function someOfEach(rows: readonly number[], labels: Int32Array): number[] {
  const sizes = new Map<number, number>();
  for (const row of rows) sizes.set(labels[row], (sizes.get(labels[row]) ?? 0) + 1);
  const seen = new Map<number, number>();
  return rows.filter((row) => {
    const place = seen.get(labels[row]) ?? 0;
    seen.set(labels[row], place + 1);
    const every = Math.ceil((sizes.get(labels[row]) ?? 1) / MOST_ROWS);
    return place % every === 0;
  });
}

/** For each query, given its cosines [n, queries], the nearest row of another part by mutual reachability. */
function nearestOutside(
  values: Float32Array,
  queries: readonly number[],
  labels: Int32Array,
  core: Float64Array,
): Edge[] {
  const count = queries.length;
  const own = queries.map((i) => labels[i]);
  const weights = new Float64Array(count).fill(Number.POSITIVE_INFINITY);
  // A row as near as this may be better than the best so far.
  const bars = new Float64Array(count).fill(Number.NEGATIVE_INFINITY);
  const to = new Int32Array(count).fill(-1);
  for (let row = 0; row < labels.length; row++) {
    for (let q = 0, at = row * count; q < count; q++, at++) {
      if (!(values[at] > bars[q]) || labels[row] === own[q]) continue;
      const weight = Math.max(core[queries[q]], core[row], distanceOf(values[at]));
      if (weight >= weights[q]) continue;
      weights[q] = weight;
      bars[q] = 1 - weight ** 2 / 2;
      to[q] = row;
    }
  }
  return queries.map((from, q) => ({ from, to: to[q], weight: weights[q] })).filter((edge) => edge.to >= 0);
}

/** The label that most rows have. */
function largestOf(labels: Int32Array): number {
  const sizes = new Int32Array(labels.length);
  let largest = 0;
  for (const label of labels) {
    sizes[label]++;
    if (sizes[label] > sizes[largest]) largest = label;
  }
  return largest;
}
