import { DisjointSets } from '../../domain/disjointSets';
import type { SpanningTree } from './spanningTree';

/** A hierarchy of merges: merge m joins nodes `left[m]` and `right[m]` into node n + m. Nodes 0..n - 1 are rows. */
export interface Linkage {
  readonly left: Int32Array;
  readonly right: Int32Array;
  readonly distances: Float64Array;
  /** Rows below node n + m. */
  readonly sizes: Int32Array;
}

/** Single linkage from a minimum spanning tree: its edges, shortest first, are the merges (Campello et al. 2013, Algorithm 1, steps 3 to 4). */
export function singleLinkage({ from, to, weights }: SpanningTree): Linkage {
  const merges = weights.length;
  const n = merges + 1;
  const order = Int32Array.from({ length: merges }, (_, i) => i).sort((a, b) => weights[a] - weights[b]);
  const parts = new DisjointSets(n);
  // The node that stands for each part; parts are named by one of their rows.
  const nodes = Int32Array.from({ length: n }, (_, i) => i);
  const linkage = {
    left: new Int32Array(merges),
    right: new Int32Array(merges),
    distances: new Float64Array(merges),
    sizes: new Int32Array(merges),
  };
  const sizeOf = (node: number) => (node < n ? 1 : linkage.sizes[node - n]);
  order.forEach((edge, m) => {
    const left = nodes[parts.find(from[edge])];
    const right = nodes[parts.find(to[edge])];
    linkage.left[m] = left;
    linkage.right[m] = right;
    linkage.distances[m] = weights[edge];
    linkage.sizes[m] = sizeOf(left) + sizeOf(right);
    parts.unite(from[edge], to[edge]);
    nodes[parts.find(from[edge])] = n + m;
  });
  return linkage;
}

/**
 * The condensed tree (McInnes & Healy 2017, Sec. 2.3): clusters of at least `minClusterSize` rows, which lose rows as the density
 * lambda = 1 / distance rises, until they split in two or end. Cluster 0 is the root, and holds all rows; a child has a higher number than
 * its parent.
 */
export interface CondensedTree {
  /** Of each cluster; -1 for the root. */
  readonly parent: Int32Array;
  /** The density at which each cluster begins; 0 for the root. */
  readonly birth: Float64Array;
  /** Rows of each cluster when it begins. */
  readonly sizes: Int32Array;
  /** The cluster that each row leaves last, and the density at which it does. */
  readonly clusterOf: Int32Array;
  readonly lambdaOf: Float64Array;
}

export function condensedTree({ left, right, distances, sizes }: Linkage, minClusterSize: number): CondensedTree {
  const merges = left.length;
  const n = merges + 1;
  const parent = [-1];
  const birth = [0];
  const clusterSizes = [n];
  const clusterOf = new Int32Array(n);
  const lambdaOf = new Float64Array(n);
  const sizeOf = (node: number) => (node < n ? 1 : sizes[node - n]);
  /** All rows below a node leave a cluster. */
  const leave = (node: number, cluster: number, lambda: number) => {
    const open = [node];
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      if (next >= n) open.push(left[next - n], right[next - n]);
      else {
        clusterOf[next] = cluster;
        lambdaOf[next] = lambda;
      }
    }
  };
  const begin = (cluster: number, lambda: number, size: number): number => {
    parent.push(cluster);
    birth.push(lambda);
    clusterSizes.push(size);
    return parent.length - 1;
  };
  const open: [node: number, cluster: number][] = merges > 0 ? [[n + merges - 1, 0]] : [];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const [node, cluster] = next;
    const sides = [left[node - n], right[node - n]];
    const lambda = 1 / distances[node - n];
    const large = sides.filter((side) => sizeOf(side) >= minClusterSize);
    for (const side of sides) {
      if (!large.includes(side)) leave(side, cluster, lambda);
      else if (large.length === 1) open.push([side, cluster]);
      else open.push([side, begin(cluster, lambda, sizeOf(side))]);
    }
  }
  return {
    parent: Int32Array.from(parent),
    birth: Float64Array.from(birth),
    sizes: Int32Array.from(clusterSizes),
    clusterOf,
    lambdaOf,
  };
}

/**
 * How long the rows of each cluster stay in it, summed over rows: sum of (lambda at which a row leaves - lambda at which the cluster begins)
 * (Campello et al. 2013, Sec. 4; McInnes & Healy 2017, Sec. 2.3).
 */
export function stabilities({ parent, birth, sizes, clusterOf, lambdaOf }: CondensedTree): Float64Array {
  const stability = new Float64Array(parent.length);
  clusterOf.forEach((cluster, row) => {
    stability[cluster] += lambdaOf[row] - birth[cluster];
  });
  for (let cluster = 1; cluster < parent.length; cluster++) {
    stability[parent[cluster]] += sizes[cluster] * (birth[cluster] - birth[parent[cluster]]);
  }
  return stability;
}

/**
 * The clusters of most stability of which none holds another, by excess of mass (Campello et al. 2013, Algorithm 3). The root is not one.
 * @returns 1 for each cluster that is chosen
 */
export function excessOfMass(tree: CondensedTree): Uint8Array {
  const { parent } = tree;
  const stability = stabilities(tree);
  const below = new Float64Array(parent.length);
  const chosen = new Uint8Array(parent.length);
  const hasChildren = new Uint8Array(parent.length);
  for (let cluster = parent.length - 1; cluster > 0; cluster--) {
    const best = hasChildren[cluster] === 1 ? Math.max(stability[cluster], below[cluster]) : stability[cluster];
    chosen[cluster] = hasChildren[cluster] === 1 && below[cluster] > stability[cluster] ? 0 : 1;
    below[parent[cluster]] += best;
    hasChildren[parent[cluster]] = 1;
  }
  // A chosen cluster takes those that it holds out of the choice.
  const isTaken = new Uint8Array(parent.length);
  for (let cluster = 1; cluster < parent.length; cluster++) {
    const above = parent[cluster];
    if (chosen[above] === 1 || isTaken[above] === 1) {
      isTaken[cluster] = 1;
      chosen[cluster] = 0;
    }
  }
  return chosen;
}
