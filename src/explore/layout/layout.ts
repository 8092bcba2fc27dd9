import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { UMAP } from 'umap-js';
import type { NeighbourGraph } from '../../domain/exploration';
import { distanceOf } from '../clusters/spanningTree';
import { fuzzyUnion } from './fuzzyUnion';

/** Fewer images are laid out in a circle. */
const FEWEST = 4;

/** Epochs of a first layout of up to so many images; one that starts from old positions takes half of them. */
const EPOCHS: readonly (readonly [images: number, epochs: number])[] = [
  [2500, 500],
  [10_000, 300],
  [20_000, 200],
  [Number.POSITIVE_INFINITY, 80],
];

/** Positions at the start lie within this distance of 0 on each axis. */
const EXTENT = 10;

export interface LayoutOptions {
  readonly graph: NeighbourGraph;
  readonly seed?: number;
  /** Positions [n, 2] to start from, those of the layout before the features changed; by chance where left out. */
  readonly from?: Float32Array;
}

/**
 * A map of images by UMAP (McInnes, Healy & Melville 2018) from their nearest neighbours, with `umap-js`. It is made in epochs, so that the
 * map can be watched while it forms and stopped at any time. From given positions, points move and do not jump. The same graph, seed and
 * start give the same map on one machine.
 *
 * The constructor prepares the graph's weights in one piece of work, which takes some seconds for 50,000 images: make it in a worker.
 */
export class Layout {
  readonly n: number;
  /** Epochs in all. */
  readonly epochs: number;
  readonly #umap: UMAP | null;
  readonly #positions: Float32Array;
  #epoch = 0;

  /** @throws RangeError when the positions to start from are not two finite numbers an image */
  constructor({ graph, seed = 0, from }: LayoutOptions) {
    const { n, k } = graph;
    if (from !== undefined && (from.length !== 2 * n || !from.every(Number.isFinite))) {
      throw new RangeError(`A layout of ${n} images starts from ${2 * n} finite numbers.`);
    }
    this.n = n;
    this.#positions = from?.slice() ?? startOf(n, seed);
    // umap-js counts the image itself, and wants fewer neighbours than images.
    const neighbours = Math.min(k, n - 2);
    if (n < FEWEST || neighbours < 2) {
      this.epochs = 0;
      this.#umap = null;
      return;
    }
    const random = xoroshiro128plus(seed + 1);
    const epochs = EPOCHS.find(([images]) => n <= images)?.[1] ?? 0;
    this.epochs = from === undefined ? epochs : epochs / 2;
    this.#umap = new UMAP({
      nComponents: 2,
      // With the image itself, as umap-js counts.
      nNeighbors: neighbours + 1,
      nEpochs: this.epochs,
      random: () => uniformFloat64(random),
    });
    prepareQuickly(this.#umap, graph, neighbours);
    this.#umap.setPrecomputedKNN(...listsOf(graph, neighbours));
    // Nothing but the number of rows is read of these.
    this.#umap.initializeFit(Array.from({ length: n }, () => [0]));
    const embedding = this.#umap.getEmbedding();
    for (let i = 0; i < n; i++) {
      embedding[i][0] = this.#positions[2 * i];
      embedding[i][1] = this.#positions[2 * i + 1];
    }
  }

  /** Epochs done. */
  get epoch(): number {
    return this.#epoch;
  }

  get isFinished(): boolean {
    return this.#epoch >= this.epochs;
  }

  /** [n, 2], row-major. The array is the layout's, and is overwritten by `advance`. */
  get positions(): Float32Array {
    return this.#positions;
  }

  /**
   * Works for about so many milliseconds, at least for one epoch (0.36 s for 50,000 images).
   * @returns whether there is more to do
   */
  advance(milliseconds: number): boolean {
    if (this.#umap === null) return false;
    const until = Date.now() + milliseconds;
    do {
      if (this.isFinished) break;
      this.#umap.step();
      this.#epoch++;
    } while (Date.now() < until);
    this.#umap.getEmbedding().forEach(([x, y], i) => {
      this.#positions[2 * i] = x;
      this.#positions[2 * i + 1] = y;
    });
    return !this.isFinished;
  }
}

/** Steps of umap-js that its types keep private: they turn distances into memberships. */
interface Memberships {
  smoothKNNDistance(distances: number[][], k: number, localConnectivity: number): { sigmas: number[]; rhos: number[] };
  computeMembershipStrengths(
    indices: number[][],
    distances: number[][],
    sigmas: number[],
    rhos: number[],
  ): { cols: number[]; vals: number[] };
}

/** Replaces two slow steps of umap-js: the fuzzy union, and a graph for placing new points, which is not used here. */
function prepareQuickly(umap: UMAP, graph: NeighbourGraph, neighbours: number): void {
  const union = () => {
    const steps = umap as unknown as Memberships;
    const [lists, distances] = listsOf(graph, neighbours);
    const { sigmas, rhos } = steps.smoothKNNDistance(distances, neighbours + 1, 1);
    const { cols, vals } = steps.computeMembershipStrengths(lists, distances, sigmas, rhos);
    return fuzzyUnion(cols, vals, graph.n, neighbours + 1);
  };
  Object.defineProperty(umap, 'fuzzySimplicialSet', { value: union });
  Object.defineProperty(umap, 'makeSearchGraph', { value: () => null });
}

/** Positions by chance; a few images in a circle. */
function startOf(n: number, seed: number): Float32Array {
  const random = xoroshiro128plus(seed);
  const at = (i: number) => {
    if (n >= FEWEST) return EXTENT * (2 * uniformFloat64(random) - 1);
    const angle = (2 * Math.PI * Math.floor(i / 2)) / n;
    return i % 2 === 0 ? Math.cos(angle) : Math.sin(angle);
  };
  return Float32Array.from({ length: 2 * n }, (_, i) => at(i));
}

/** The lists that umap-js takes: each row first itself, at distance 0. */
function listsOf({ n, k, indices, similarities }: NeighbourGraph, neighbours: number): [number[][], number[][]] {
  const lists: number[][] = [];
  const distances: number[][] = [];
  for (let i = 0; i < n; i++) {
    const start = i * k;
    lists.push([i, ...indices.subarray(start, start + neighbours)]);
    distances.push([0, ...Array.from(similarities.subarray(start, start + neighbours), distanceOf)]);
  }
  return [lists, distances];
}
