import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import type { RandomGenerator } from 'pure-rand/types/RandomGenerator';
import type { NeighbourGraph } from '../../domain/exploration';
import type { FeatureRows } from '../../domain/features';
import type { Work } from '../work';

/** Trees that the search starts from, and the most rows in a leaf. */
const TREES = 8;
const LEAF = 30;

/** At most so many new, and so many known neighbours of a row are introduced to each other in a round. */
const INTRODUCED = 20;

const MOST_ROUNDS = 12;

/** The search ends when a round changes less than this share of all neighbours. */
const SETTLED = 0.001;

/** Rows handled between two yields. */
const SLICE = 64;

/**
 * Approximate nearest neighbours: NN-descent (Dong, Moses & Li 2011, “Efficient k-nearest neighbor graph construction for generic similarity
 * measures”, Algorithm 2) from the leaves of random projection trees (Dasgupta & Freund 2008). Neighbours of neighbours are compared until few
 * lists change. The same features and seed give the same graph.
 * @param rows of length 1 or 0
 */
export function* descendedGraph(rows: FeatureRows, k: number, seed = 0): Work<NeighbourGraph> {
  const { n } = rows;
  // A list longer than asked for has more ways to the true neighbours.
  const width = Math.min(n - 1, Math.max(k, 15) + 5);
  const random = xoroshiro128plus(seed);
  const lists = new Lists(rows, width);
  for (let tree = 0; tree < TREES; tree++) {
    for (const leaf of leavesOf(rows, random)) {
      for (let a = 0; a < leaf.length; a++) for (let b = a + 1; b < leaf.length; b++) lists.offer(leaf[a], leaf[b]);
      yield (0.3 * (tree + leaf[0] / n)) / TREES;
    }
  }
  yield* lists.fill(random);
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const begin = 0.3 + (0.7 * round) / MOST_ROUNDS;
    const candidates = lists.candidates(random);
    let changes = 0;
    for (let row = 0; row < n; row++) {
      changes += introduce(lists, candidates, row);
      if (row % SLICE === 0) yield begin + ((0.7 / MOST_ROUNDS) * row) / n;
    }
    if (changes < SETTLED * n * width) break;
  }
  return lists.graph(k);
}

/** Splits rows by random hyperplanes between two of them until each leaf is small. */
function* leavesOf({ data, n, d }: FeatureRows, random: RandomGenerator): Generator<Int32Array> {
  const open = [Int32Array.from({ length: n }, (_, i) => i)];
  const normal = new Float32Array(d);
  for (let part = open.pop(); part !== undefined; part = open.pop()) {
    if (part.length <= LEAF) {
      yield part;
      continue;
    }
    const a = part[uniformInt(random, 0, part.length - 1)] * d;
    const b = part[uniformInt(random, 0, part.length - 1)] * d;
    for (let c = 0; c < d; c++) normal[c] = data[a + c] - data[b + c];
    let left = 0;
    let right = part.length;
    while (left < right) {
      let side = 0;
      for (let c = 0, at = part[left] * d; c < d; c++) side += normal[c] * data[at + c];
      // Rows of equal features are divided by chance.
      if (side > 0 || (side === 0 && uniformFloat64(random) < 0.5)) left++;
      else {
        right--;
        const other = part[right];
        part[right] = part[left];
        part[left] = other;
      }
    }
    const middle = left === 0 || left === part.length ? part.length >> 1 : left;
    open.push(part.subarray(middle), part.subarray(0, middle));
  }
}

/** New and known candidates of each row, at most `INTRODUCED` of each. */
interface Candidates {
  readonly fresh: Int32Array;
  readonly freshCounts: Int32Array;
  readonly known: Int32Array;
  readonly knownCounts: Int32Array;
}

function introduce(lists: Lists, { fresh, freshCounts, known, knownCounts }: Candidates, row: number): number {
  const base = row * INTRODUCED;
  const freshEnd = base + freshCounts[row];
  const knownEnd = base + knownCounts[row];
  let changes = 0;
  for (let i = base; i < freshEnd; i++) {
    for (let j = i + 1; j < freshEnd; j++) changes += lists.offer(fresh[i], fresh[j]);
    for (let j = base; j < knownEnd; j++) changes += lists.offer(fresh[i], known[j]);
  }
  return changes;
}

/** The best neighbours of each row so far, the nearest first. */
class Lists {
  readonly #rows: FeatureRows;
  readonly #width: number;
  readonly #indices: Int32Array;
  readonly #similarities: Float32Array;
  /** 1 for a neighbour that was not introduced to others yet. */
  readonly #isNew: Uint8Array;

  constructor(rows: FeatureRows, width: number) {
    const entries = rows.n * width;
    this.#rows = rows;
    this.#width = width;
    this.#indices = new Int32Array(entries).fill(-1);
    this.#similarities = new Float32Array(entries).fill(Number.NEGATIVE_INFINITY);
    this.#isNew = new Uint8Array(entries);
  }

  /** Compares two rows, and enters each in the other's list where it belongs there; returns how many lists changed. */
  offer(a: number, b: number): number {
    if (a === b) return 0;
    const { data, d } = this.#rows;
    let similarity = 0;
    for (let c = 0, x = a * d, y = b * d; c < d; c++) similarity += data[x + c] * data[y + c];
    return this.#insert(a, b, similarity) + this.#insert(b, a, similarity);
  }

  #insert(row: number, other: number, similarity: number): number {
    const indices = this.#indices;
    const similarities = this.#similarities;
    const first = row * this.#width;
    const last = first + this.#width - 1;
    if (similarity <= similarities[last]) return 0;
    for (let i = first; i <= last; i++) if (indices[i] === other) return 0;
    let place = last;
    for (; place > first && similarities[place - 1] < similarity; place--) {
      indices[place] = indices[place - 1];
      similarities[place] = similarities[place - 1];
      this.#isNew[place] = this.#isNew[place - 1];
    }
    indices[place] = other;
    similarities[place] = similarity;
    this.#isNew[place] = 1;
    return 1;
  }

  /** Enters rows by chance where a list is not full. */
  *fill(random: RandomGenerator): Generator<number> {
    const { n } = this.#rows;
    for (let row = 0; row < n; row++) {
      const last = (row + 1) * this.#width - 1;
      for (let tries = 0; this.#indices[last] === -1 && tries < 10 * this.#width; tries++) {
        this.offer(row, uniformInt(random, 0, n - 1));
      }
      for (let other = 0; this.#indices[last] === -1 && other < n; other++) this.offer(row, other);
      if (row % SLICE === 0) yield 0.3;
    }
  }

  /** The neighbours to introduce to each other, in both directions; more than fit are sampled. New ones then count as known. */
  candidates(random: RandomGenerator): Candidates {
    const { n } = this.#rows;
    const made = () => ({ rows: new Int32Array(n * INTRODUCED), counts: new Int32Array(n), seen: new Int32Array(n) });
    const fresh = made();
    const known = made();
    const add = (to: ReturnType<typeof made>, row: number, other: number) => {
      to.seen[row]++;
      if (to.counts[row] < INTRODUCED) to.rows[row * INTRODUCED + to.counts[row]++] = other;
      else {
        const place = uniformInt(random, 0, to.seen[row] - 1);
        if (place < INTRODUCED) to.rows[row * INTRODUCED + place] = other;
      }
    };
    for (let row = 0; row < n; row++) {
      for (let i = row * this.#width; i < (row + 1) * this.#width; i++) {
        const other = this.#indices[i];
        if (other === -1) continue;
        const to = this.#isNew[i] === 1 ? fresh : known;
        add(to, row, other);
        add(to, other, row);
        this.#isNew[i] = 0;
      }
    }
    return { fresh: fresh.rows, freshCounts: fresh.counts, known: known.rows, knownCounts: known.counts };
  }

  graph(k: number): NeighbourGraph {
    const { n } = this.#rows;
    const indices = new Int32Array(n * k);
    const similarities = new Float32Array(n * k);
    for (let row = 0; row < n; row++) {
      const first = row * this.#width;
      indices.set(this.#indices.subarray(first, first + k), row * k);
      similarities.set(this.#similarities.subarray(first, first + k), row * k);
    }
    for (let i = 0; i < similarities.length; i++) similarities[i] = Math.max(-1, Math.min(1, similarities[i]));
    return { n, k, indices, similarities, isExact: false };
  }
}
