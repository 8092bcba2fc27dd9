import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { FeatureRows } from '../../../src/domain/features';
import { condensedTree, excessOfMass, singleLinkage, stabilities } from '../../../src/explore/clusters/condensedTree';
import { type Clusters, findClusters, NOISE } from '../../../src/explore/clusters/hdbscan';
import { coreDistances, distanceOf, spanningTree } from '../../../src/explore/clusters/spanningTree';
import { neighbourGraph } from '../../../src/explore/graph/buildGraph';
import { unitRows } from '../../../src/explore/graph/neighbourGraph';
import { clusteredRows } from './clusteredRows';
import { plainProducts } from './plainProducts';

interface GoldenCase {
  readonly name: string;
  readonly minClusterSize: number;
  readonly minSamples: number;
  readonly features: { readonly shape: [number, number]; readonly f32: string };
  readonly labels: readonly number[];
  readonly probabilities: readonly number[];
}

const golden = JSON.parse(readFileSync('test/fixtures/hdbscan.json', 'utf8')) as {
  readonly source: string;
  readonly cases: readonly GoldenCase[];
};

function rowsOf({ features: { shape, f32 } }: GoldenCase): FeatureRows {
  const [n, d] = shape;
  return { data: new Float32Array(new Uint8Array(Buffer.from(f32, 'base64')).buffer), n, d };
}

async function clustersOf(rows: FeatureRows, options: object): Promise<Clusters> {
  const graph = await neighbourGraph(rows, { k: 15, productsOf: plainProducts });
  return findClusters(rows, graph, { productsOf: plainProducts, ...options });
}

describe.each(golden.cases)(`“$name” against ${golden.source}`, (example) => {
  const { minClusterSize, minSamples, labels, probabilities } = example;
  const rows = rowsOf(example);

  test('the tree of all pairs gives its clusters and probabilities', async () => {
    const own = await clustersOf(rows, { minClusterSize, minSamples });
    expect(adjustedRandIndex(own.labels, labels)).toBeGreaterThan(0.99);
    const differences = own.probabilities.map((p, i) => Math.abs(p - probabilities[i]!)).sort();
    expect(differences[Math.floor(0.98 * rows.n)]).toBeLessThan(0.01);
  });

  test('that of the neighbours gives nearly the same; it joins separate parts at their true distance', async () => {
    const own = await clustersOf(rows, { minClusterSize, minSamples, exactUpTo: 0 });
    expect(adjustedRandIndex(own.labels, labels)).toBeGreaterThan(0.98);
  });
});

test('the spanning tree of all pairs is a minimal one', async () => {
  const rows = unitRows(clusteredRows(200, 6, 5, 0.4));
  const graph = await neighbourGraph(rows, { k: 6, productsOf: plainProducts });
  const core = coreDistances(graph, 4);
  const onProgress = () => undefined;
  const tree = await spanningTree({ rows, graph, core, productsOf: plainProducts, exact: true, onProgress });
  const total = tree.weights.reduce((sum, weight) => sum + weight, 0);
  expect(total).toBeCloseTo(primsTotal(rows, core), 3);
});

test('a medoid is an image of its cluster, sizes fall, and noise is counted in none', async () => {
  const rows = clusteredRows(400, 12, 4, 0.3);
  const { labels, sizes, medoids, probabilities } = await clustersOf(rows, { minClusterSize: 20 });
  expect(sizes.length).toBe(4);
  expect(sizes).toEqual([...sizes].sort((a, b) => b - a));
  expect(medoids.map((medoid) => labels[medoid])).toEqual([0, 1, 2, 3]);
  const noise = labels.filter((label) => label === NOISE).length;
  expect(sizes.reduce((sum, size) => sum + size, noise)).toBe(400);
  expect(labels.every((label, i) => (label === NOISE) === (probabilities[i] === 0))).toBe(true);
});

test('rows without structure, and fewer rows than a cluster needs, are all noise', async () => {
  const few = await clustersOf(clusteredRows(8, 4, 2), { minClusterSize: 10, minSamples: 3 });
  expect(few.labels.every((label) => label === NOISE)).toBe(true);
  const scattered = await clustersOf(clusteredRows(300, 16, 300, 0), { minClusterSize: 30 });
  expect(scattered.sizes.length).toBe(0);
});

test('equal rows, as many as they are, do not make a density infinite', async () => {
  const rows = clusteredRows(200, 8, 4, 0.3);
  for (let i = 0; i < 40; i++) rows.data.copyWithin(i * 8, 0, 8);
  const { labels, probabilities } = await clustersOf(rows, { minClusterSize: 15 });
  expect(new Set(labels.subarray(0, 40)).size).toBe(1);
  expect(labels[0]).not.toBe(NOISE);
  expect(probabilities.every((p) => p >= 0 && p <= 1)).toBe(true);
});

test('excess of mass prefers what lasts: two clusters within one that ends soon, or the one', () => {
  // Rows 0 to 3 and 4 to 7 lie at 0.1 from each other, the pairs of groups at `apart`, and rows 8 to 11 at 2 from all.
  const chosenSizes = (apart: number) => {
    const from = Int32Array.of(0, 1, 2, 4, 5, 6, 3, 8, 9, 10, 7);
    const to = Int32Array.of(1, 2, 3, 5, 6, 7, 4, 9, 10, 11, 8);
    const weights = Float64Array.of(0.1, 0.1, 0.1, 0.1, 0.1, 0.1, apart, 0.2, 0.2, 0.2, 2);
    const tree = condensedTree(singleLinkage({ from, to, weights }), 4);
    const chosen = excessOfMass(tree);
    expect(stabilities(tree).every((value) => value >= 0)).toBe(true);
    return Array.from(tree.sizes.filter((_, cluster) => chosen[cluster] === 1)).sort();
  };
  expect(chosenSizes(1)).toEqual([4, 4, 4]);
  expect(chosenSizes(0.12)).toEqual([4, 8]);
});

/** The sum of a minimum spanning tree's weights by Prim's algorithm over all pairs. */
function primsTotal({ data, n, d }: FeatureRows, core: Float64Array): number {
  const nearest = new Float64Array(n).fill(Number.POSITIVE_INFINITY);
  const isIn = new Uint8Array(n);
  let total = 0;
  for (let row = 0, step = 0; step < n; step++) {
    isIn[row] = 1;
    let next = -1;
    for (let j = 0; j < n; j++) {
      if (isIn[j] === 1) continue;
      let cosine = 0;
      for (let c = 0; c < d; c++) cosine += data[row * d + c]! * data[j * d + c]!;
      nearest[j] = Math.min(nearest[j]!, Math.max(core[row]!, core[j]!, distanceOf(cosine)));
      if (next === -1 || nearest[j]! < nearest[next]!) next = j;
    }
    if (next === -1) break;
    total += nearest[next]!;
    row = next;
  }
  return total;
}

/** Hubert & Arabie 1985. */
function adjustedRandIndex(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const pairs = (count: number) => (count * (count - 1)) / 2;
  const counted = (keys: readonly string[]) => {
    const counts = new Map<string, number>();
    for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1);
    return [...counts.values()].reduce((sum, count) => sum + pairs(count), 0);
  };
  const both = Array.from(a, (label, i) => `${label} ${b[i]}`);
  const [ofA, ofB] = [counted(Array.from(a, String)), counted(Array.from(b, String))];
  const expected = (ofA * ofB) / pairs(a.length);
  return (counted(both) - expected) / ((ofA + ofB) / 2 - expected);
}
