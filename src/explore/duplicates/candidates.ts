import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import type { PictureCopies } from '../../domain/exploration';
import type { Work } from '../work';
import { greyCopy } from './pictureCopies';
import { DESCRIPTION_LENGTH as LENGTH, mirrorDescription, type Rectangle, View } from './views';

// Copied, since imported constants are slow to read in loops where modules are not bundled.
const DESCRIPTION_LENGTH = LENGTH;

/** A pair of pictures that may show the same. */
export interface Candidate {
  readonly a: number;
  readonly b: number;
  /** The part of a that looks like the part `to` of b. */
  readonly from: Rectangle;
  readonly to: Rectangle;
  /** Whether a is mirrored from left to right before that. */
  readonly isMirrored: boolean;
  /** The cosine of the two descriptions. */
  readonly similarity: number;
}

const WHOLE: Rectangle = { left: 0, top: 0, right: 1, bottom: 1 };

const rectangle = (left: number, top: number, right: number, bottom: number): Rectangle => ({
  left,
  top,
  right,
  bottom,
});

/** Parts of a picture of which another one may be the whole: it was cropped on some sides, or got a border that the other has not. */
const CROPS: readonly Rectangle[] = [
  rectangle(0.05, 0.05, 0.95, 0.95),
  rectangle(0, 0, 0.9, 0.9),
  rectangle(0.1, 0, 1, 0.9),
  rectangle(0, 0.1, 0.9, 1),
  rectangle(0.1, 0.1, 1, 1),
  rectangle(0.1, 0.1, 0.9, 0.9),
  rectangle(0, 0, 1, 0.86),
  rectangle(0, 0.14, 1, 1),
];

/** Parts that a caption at the other end leaves as they are. */
const BANDS: readonly Rectangle[] = [rectangle(0, 0, 1, 0.7), rectangle(0, 0.3, 1, 1)];

/** What is looked up, and among what. */
interface Lookup {
  readonly target: Rectangle;
  readonly queries: readonly { readonly rectangle: Rectangle; readonly isMirrored: boolean }[];
}

const LOOKUPS: readonly Lookup[] = [
  {
    target: WHOLE,
    queries: [
      { rectangle: WHOLE, isMirrored: false },
      { rectangle: WHOLE, isMirrored: true },
      ...CROPS.map((crop) => ({ rectangle: crop, isMirrored: false })),
    ],
  },
  ...BANDS.map((band) => ({ target: band, queries: [{ rectangle: band, isMirrored: false }] })),
];

/** Hash tables; in each, pictures with equal signs of some random projections are compared. */
const TABLES = 12;

/** Each picture is compared with at most so many of one bucket, which bounds the time for folders of pictures that are all alike. */
const MOST_IN_BUCKET = 64;

/** Descriptions of pairs are at least so similar. */
const ALIKE = 0.8;

/** Candidates that are kept of each picture: the most similar ones. */
const KEPT = 10;

/** Pictures handled between two yields. */
const SLICE = 32;

/**
 * Pairs of pictures that look alike as a whole, mirrored, cropped or without a band at the top or the bottom. Descriptions are looked up by
 * locality-sensitive hashing (Charikar 2002, signs of random projections), so that the time grows with the number of pictures and not with
 * that of all pairs.
 */
export function* findCandidates(copies: PictureCopies): Work<Candidate[]> {
  const { count } = copies;
  const best = new BestPairs(count);
  const rectangles = LOOKUPS.flatMap(({ target, queries }) => [target, ...queries.map((query) => query.rectangle)]);
  const views = new Map([...new Set(rectangles)].map((own) => [own, new View(own)]));
  const descriptions = new Map([...views.keys()].map((own) => [own, new Float32Array(count * DESCRIPTION_LENGTH)]));
  for (let i = 0; i < count; i++) {
    const grey = greyCopy(copies, i);
    for (const [own, view] of views) view.describe(grey, rowOf(descriptions, own, i));
    if (i % SLICE === 0) yield (0.3 * i) / count;
  }
  for (const [l, { target, queries }] of LOOKUPS.entries()) {
    const targets = rowsOf(descriptions, target);
    const begin = 0.3 + (0.7 * l) / LOOKUPS.length;
    for (let table = 0; table < TABLES; table++) {
      const hashes = new Hashes(count, l * TABLES + table);
      const buckets = new Map<number, number[]>();
      for (let i = 0; i < count; i++) {
        if (isFlat(targets, i)) continue;
        const key = hashes.of(targets, i * DESCRIPTION_LENGTH);
        const bucket = buckets.get(key);
        if (bucket === undefined) buckets.set(key, [i]);
        else bucket.push(i);
        if (i % 512 === 0) yield begin;
      }
      const mirror = new Float32Array(DESCRIPTION_LENGTH);
      for (const query of queries) {
        const rows = rowsOf(descriptions, query.rectangle);
        for (let i = 0; i < count; i++) {
          if (i % 256 === 0) yield begin + ((0.7 / LOOKUPS.length) * table) / TABLES;
          if (isFlat(rows, i)) continue;
          const own = rows.subarray(i * DESCRIPTION_LENGTH, (i + 1) * DESCRIPTION_LENGTH);
          if (query.isMirrored) mirrorDescription(own, mirror);
          const asked = query.isMirrored ? mirror : own;
          const bucket = buckets.get(hashes.of(asked, 0));
          if (bucket === undefined) continue;
          // Buckets are in the order of the pictures: near ones, such as the frames of a film, come first.
          const from = Math.max(0, placeOf(bucket, i) - MOST_IN_BUCKET / 2);
          for (const j of bucket.slice(from, from + MOST_IN_BUCKET)) {
            if (i === j || (query.rectangle === target && j < i)) continue;
            const similarity = product(asked, targets, j * DESCRIPTION_LENGTH);
            if (similarity < ALIKE) continue;
            best.add({ a: i, b: j, from: query.rectangle, to: target, isMirrored: query.isMirrored, similarity });
          }
        }
      }
    }
  }
  return best.pairs();
}

type Descriptions = ReadonlyMap<Rectangle, Float32Array>;

function rowsOf(descriptions: Descriptions, own: Rectangle): Float32Array {
  const rows = descriptions.get(own);
  if (rows === undefined) throw new Error('a view was not described');
  return rows;
}

function rowOf(descriptions: Descriptions, own: Rectangle, i: number): Float32Array {
  return rowsOf(descriptions, own).subarray(i * DESCRIPTION_LENGTH, (i + 1) * DESCRIPTION_LENGTH);
}

function isFlat(rows: Float32Array, i: number): boolean {
  const start = i * DESCRIPTION_LENGTH;
  return rows[start] === 0 && rows[start + 1] === 0 && rows[start + 2] === 0;
}

function product(a: Float32Array, b: Float32Array, start: number): number {
  let sum = 0;
  for (let c = 0; c < DESCRIPTION_LENGTH; c++) sum += a[c] * b[start + c];
  return sum;
}

/** Where in an ascending list a number is, or would be. */
function placeOf(list: readonly number[], number: number): number {
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (list[middle] < number) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The signs of random projections: as many as give each picture a bucket of its own, from 6 to 14. */
class Hashes {
  readonly #normals: Float32Array;
  readonly #bits: number;

  constructor(count: number, seed: number) {
    this.#bits = Math.max(6, Math.min(14, Math.round(Math.log2(count)) + 1));
    const random = xoroshiro128plus(seed + 1);
    this.#normals = Float32Array.from(
      { length: this.#bits * DESCRIPTION_LENGTH },
      // The sum of uniform numbers is nearly normal.
      () => uniformFloat64(random) + uniformFloat64(random) + uniformFloat64(random) - 1.5,
    );
  }

  of(rows: Float32Array, start: number): number {
    let key = 0;
    for (let bit = 0; bit < this.#bits; bit++) {
      let sum = 0;
      const at = bit * DESCRIPTION_LENGTH;
      for (let c = 0; c < DESCRIPTION_LENGTH; c++) sum += this.#normals[at + c] * rows[start + c];
      if (sum > 0) key |= 1 << bit;
    }
    return key;
  }
}

/** For each picture its most similar candidates; each pair and way once. */
class BestPairs {
  readonly #lists: Candidate[][];

  constructor(count: number) {
    this.#lists = Array.from({ length: count }, () => []);
  }

  add(candidate: Candidate): void {
    this.#enter(candidate.a, candidate);
    this.#enter(candidate.b, candidate);
  }

  #enter(picture: number, candidate: Candidate): void {
    const list = this.#lists[picture];
    const { a, b, similarity } = candidate;
    if (list.length === KEPT && similarity <= list[KEPT - 1].similarity) return;
    const same = list.findIndex((other) => (other.a === a && other.b === b) || (other.a === b && other.b === a));
    if (same >= 0) {
      if (list[same].similarity >= similarity) return;
      list.splice(same, 1);
    }
    let place = list.length;
    while (place > 0 && list[place - 1].similarity < similarity) place--;
    list.splice(place, 0, candidate);
    if (list.length > KEPT) list.pop();
  }

  /** The candidates that both or one of their pictures keep; of each two pictures the most similar one. */
  pairs(): Candidate[] {
    const pairs = new Map<number, Candidate>();
    const count = this.#lists.length;
    for (const list of this.#lists) {
      for (const candidate of list) {
        const { a, b, similarity } = candidate;
        const key = Math.min(a, b) * count + Math.max(a, b);
        const known = pairs.get(key);
        if (known === undefined || known.similarity < similarity) pairs.set(key, candidate);
      }
    }
    return [...pairs.values()];
  }
}
