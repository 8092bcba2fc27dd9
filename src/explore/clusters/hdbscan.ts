import type { NeighbourGraph } from '../../domain/exploration';
import type { FeatureRows } from '../../domain/features';
import { unitRows } from '../graph/neighbourGraph';
import type { ProductsOf } from '../products';
import type { OnProgress } from '../work';
import { condensedTree, excessOfMass, singleLinkage } from './condensedTree';
import { coreDistances, spanningTree } from './spanningTree';

/** Label of a row that belongs to no cluster. */
export const NOISE = -1;

/** Up to so many images the spanning tree is that of all pairs. */
const EXACT_TREE_UP_TO = 10_000;

/** Fewer images are no cluster. */
const SMALLEST_CLUSTER = 5;

export interface ClusterOptions {
  readonly productsOf: ProductsOf;
  /** The fewest images of a cluster; `defaultClusterSize` where left out. */
  readonly minClusterSize?: number;
  /** An image counts as dense by the distance of its `minSamples`-th neighbour, itself counted; 10 where left out. */
  readonly minSamples?: number;
  readonly onProgress?: OnProgress;
  /** `EXACT_TREE_UP_TO` where left out. */
  readonly exactUpTo?: number;
}

export interface Clusters {
  /** Cluster of each row, 0 for the largest, or `NOISE`. */
  readonly labels: Int32Array;
  /** How firmly each row belongs to its cluster, in [0, 1]; 0 for noise. */
  readonly probabilities: Float32Array;
  /** Rows of each cluster. */
  readonly sizes: readonly number[];
  /** The row of each cluster that is most similar to the others, each weighted by how firmly it belongs there. */
  readonly medoids: readonly number[];
}

/** A hundredth of the images, from 5 to 50. */
export function defaultClusterSize(n: number): number {
  return Math.max(SMALLEST_CLUSTER, Math.min(50, Math.round(n / 100)));
}

/**
 * HDBSCAN (Campello, Moulavi & Sander 2013, “Density-based clustering based on hierarchical density estimates”; McInnes & Healy 2017,
 * “Accelerated hierarchical density based clustering”) on the k nearest neighbours, with Euclidean distances between rows of length 1.
 * Parameters, and which cluster a row belongs to, are those of scikit-learn's `HDBSCAN`, with clusters chosen by excess of mass.
 * @param features those that the graph was made of
 * @throws RangeError for a size below 2, or when the graph has fewer than `minSamples` - 1 neighbours of a row
 */
export async function findClusters(
  features: FeatureRows,
  graph: NeighbourGraph,
  {
    productsOf,
    minClusterSize = defaultClusterSize(features.n),
    minSamples = Math.min(10, graph.k + 1),
    onProgress = () => undefined,
    exactUpTo = EXACT_TREE_UP_TO,
  }: ClusterOptions,
): Promise<Clusters> {
  if (!Number.isInteger(minClusterSize) || minClusterSize < 2) {
    throw new RangeError(`minClusterSize must be a whole number of at least 2, got ${minClusterSize}.`);
  }
  const rows = unitRows(features);
  const core = coreDistances(graph, minSamples);
  const tree = await spanningTree({ rows, graph, core, productsOf, exact: rows.n <= exactUpTo, onProgress });
  const condensed = condensedTree(singleLinkage(tree), minClusterSize);
  const chosen = excessOfMass(condensed);
  const own = chosenAbove(condensed.parent, chosen);
  const clusterOf = condensed.clusterOf.map((cluster) => own[cluster]);
  const { labels, sizes } = bySize(clusterOf);
  const probabilities = strengths(labels, condensed.lambdaOf, sizes.length);
  return { labels, probabilities, sizes, medoids: medoidsOf(rows, labels, probabilities, sizes.length) };
}

/** The chosen cluster that is or holds each cluster; `NOISE` where there is none. */
function chosenAbove(parent: Int32Array, chosen: Uint8Array): Int32Array {
  const own = new Int32Array(parent.length).fill(NOISE);
  for (let cluster = 1; cluster < parent.length; cluster++) {
    own[cluster] = chosen[cluster] === 1 ? cluster : own[parent[cluster]];
  }
  return own;
}

/** The clusters numbered by their sizes, the largest first; of equal ones the one of the first row. */
function bySize(clusterOf: Int32Array): { readonly labels: Int32Array; readonly sizes: readonly number[] } {
  const sizes = new Map<number, number>();
  for (const cluster of clusterOf) if (cluster !== NOISE) sizes.set(cluster, (sizes.get(cluster) ?? 0) + 1);
  const order = [...sizes].sort((a, b) => b[1] - a[1]);
  const numbers = new Map(order.map(([cluster], number) => [cluster, number]));
  return { labels: clusterOf.map((cluster) => numbers.get(cluster) ?? NOISE), sizes: order.map(([, size]) => size) };
}

/** The density at which each row leaves its cluster, as a share of the highest one at which a row does. */
function strengths(labels: Int32Array, lambdaOf: Float64Array, clusters: number): Float32Array {
  const highest = new Float64Array(clusters);
  labels.forEach((label, row) => {
    if (label !== NOISE) highest[label] = Math.max(highest[label], lambdaOf[row]);
  });
  return Float32Array.from(labels, (label, row) => (label === NOISE ? 0 : lambdaOf[row] / highest[label]));
}

function medoidsOf(
  { data, n, d }: FeatureRows,
  labels: Int32Array,
  probabilities: Float32Array,
  clusters: number,
): number[] {
  const means = new Float64Array(clusters * d);
  for (let row = 0; row < n; row++) {
    if (labels[row] === NOISE) continue;
    for (let c = 0; c < d; c++) means[labels[row] * d + c] += probabilities[row] * data[row * d + c];
  }
  const medoids = new Array<number>(clusters).fill(-1);
  const best = new Float64Array(clusters).fill(Number.NEGATIVE_INFINITY);
  for (let row = 0; row < n; row++) {
    const label = labels[row];
    if (label === NOISE) continue;
    // For rows of length 1, the largest product with the mean has the smallest sum of squared distances to all.
    let product = 0;
    for (let c = 0; c < d; c++) product += means[label * d + c] * data[row * d + c];
    if (product <= best[label]) continue;
    best[label] = product;
    medoids[label] = row;
  }
  return medoids;
}
