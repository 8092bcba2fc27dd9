import { DisjointSets } from '../../domain/disjointSets';
import type { KeptShapes, PicturePlaces } from '../../domain/imageDataset';
import { COPY_LENGTH, copiesAreAlike, exactHash, perceptualHash, shrink, writeCopy } from './pictureHash';

/**
 * Perceptual hashes of near twins differ in at most this many of their 64 bits. After JPEG compression at quality 50, that holds for 99 % of
 * the pictures of both samples.
 */
const MOST_BITS = 6;

/**
 * Near twins also correlate by this much on copies of 16 x 16 pixels. The hash alone cannot tell clothes apart: 962 pairs of
 * Fashion-MNIST's 12,000 pictures have equal ones. At 0.997 there are five groups of one garment each, 12 pictures in all; at 0.995
 * there are four times as many pairs, trousers of the same cut among them. A file stored again from a larger picture correlates by 0.999.
 */
const ALIKE = 0.997;

/** A hash has eight bytes; of two that differ in at most six bits, at least two bytes are equal. */
const BYTES = 8;
const BUCKETS = 2 ** 16;

/** Each picture is compared with this many that follow it in its bucket, which bounds the time for thousands of frames of one film. */
const COMPARED = 512;

const REPORT_EVERY = 256;

/** Called with the share of the work that is done, from 0 to 1. */
export type OnShare = (share: number) => void;

/** Pictures in an array of bytes. */
export type PlacedPixels = PicturePlaces & { readonly pixels: Uint8Array };

/** What equal and similar pictures are found by. */
export interface Comparable {
  /** Of the pixels as they are kept. */
  readonly keptHash: readonly [number, number];
  /** The perceptual hash of these pixels, and the comparable copy; null where the picture is nearly flat. */
  readonly likeness: { readonly hash: readonly [number, number]; readonly copy: Int16Array<ArrayBuffer> } | null;
}

function likenessOf(pixels: Uint8Array, width: number, height: number): Comparable['likeness'] {
  const small = shrink(pixels, width, height);
  const copy = new Int16Array(COPY_LENGTH);
  return writeCopy(small, width * height, copy) ? { hash: perceptualHash(small), copy } : null;
}

/** @param pixels uint8 RGBA, opaque, `width` x `height`, aligned to words */
export function comparable(pixels: Uint8Array, width: number, height: number): Comparable {
  const words = new Uint32Array(pixels.buffer, pixels.byteOffset, width * height);
  return { keptHash: exactHash(words), likeness: likenessOf(pixels, width, height) };
}

/**
 * The group of each picture: pictures that are equal pixel for pixel, or nearly so (perceptual hash and correlation), and all that are
 * connected by such pairs. A group is named by the index of its first picture. Pictures that are nearly flat are grouped with equal
 * ones only. The time grows with the number of pictures and of pairs with similar hashes, not with the number of all pairs.
 * @param pictures uint8 RGBA, opaque; the pixels are aligned to words
 */
export function groupPictures(
  { pixels, offsets, widths, heights }: PlacedPixels,
  onShare: OnShare = () => {},
): Uint32Array {
  const wordsOf = (i: number) => new Uint32Array(pixels.buffer, pixels.byteOffset + offsets[i], widths[i] * heights[i]);
  return group({ widths, heights }, onShare, {
    hashOf: (i) => exactHash(wordsOf(i)),
    areEqual: (i, j) => {
      const other = wordsOf(j);
      return wordsOf(i).every((word, k) => word === other[k]);
    },
    likenessOf: (i) => likenessOf(pixels.subarray(offsets[i]), widths[i], heights[i]),
  });
}

/**
 * The same groups for pictures whose pixels are not in memory. Pictures of equal shape and hash count as equal.
 * @param compared what each picture is compared by
 */
export function groupCompared(
  shapes: KeptShapes,
  compared: (i: number) => Comparable,
  onShare: OnShare = () => {},
): Uint32Array {
  return group(shapes, onShare, {
    hashOf: (i) => compared(i).keptHash,
    areEqual: () => true,
    likenessOf: (i) => compared(i).likeness,
  });
}

interface Comparing {
  hashOf(i: number): readonly [number, number];
  /** Whether pictures of equal shape and hash are equal. */
  areEqual(i: number, j: number): boolean;
  likenessOf(i: number): Comparable['likeness'];
}

function group(shapes: KeptShapes, onShare: OnShare, comparing: Comparing): Uint32Array {
  const count = shapes.widths.length;
  const sets = new DisjointSets(count);
  const firsts = uniteEqual(shapes, comparing, sets);
  const described = describe(firsts, comparing, (share) => onShare(share / 2));
  uniteNear(described, sets, (share) => onShare((1 + share) / 2));
  return Uint32Array.from({ length: count }, (_, i) => sets.find(i));
}

/** Unites equal pictures; returns the first one of each. */
function uniteEqual({ widths, heights }: KeptShapes, { hashOf, areEqual }: Comparing, sets: DisjointSets): number[] {
  const byHash = new Map<string, number[]>();
  const firsts: number[] = [];
  for (let i = 0; i < widths.length; i++) {
    const key = `${widths[i]} ${heights[i]} ${hashOf(i).join()}`;
    const there = byHash.get(key) ?? [];
    const equal = there.find((first) => areEqual(first, i));
    if (equal !== undefined) {
      sets.unite(equal, i);
      continue;
    }
    byHash.set(key, [...there, i]);
    firsts.push(i);
  }
  return firsts;
}

interface Described {
  /** The pictures that are not flat; the other lists have their order. */
  readonly shown: readonly number[];
  /** Two words a picture. */
  readonly hashes: Uint32Array;
  readonly copies: readonly Int16Array[];
}

function describe(firsts: readonly number[], { likenessOf }: Comparing, onShare: OnShare): Described {
  const copies: Int16Array[] = [];
  const hashes = new Uint32Array(firsts.length * 2);
  const shown: number[] = [];
  for (const [done, i] of firsts.entries()) {
    const likeness = likenessOf(i);
    if (likeness !== null) {
      hashes.set(likeness.hash, shown.length * 2);
      copies.push(likeness.copy);
      shown.push(i);
    }
    if (done % REPORT_EVERY === 0) onShare(done / firsts.length);
  }
  return { shown, hashes, copies };
}

/** Unites near twins, found by each pair of bytes that their hashes may have in common. */
function uniteNear({ shown, hashes, copies }: Described, sets: DisjointSets, onShare: OnShare): void {
  const count = shown.length;
  const byteOf = (i: number, byte: number) => (hashes[2 * i + (byte >> 2)] >>> (8 * (byte & 3))) & 0xff;
  const keys = new Uint16Array(count);
  let tables = 0;
  for (let first = 0; first < BYTES; first++) {
    for (let second = first + 1; second < BYTES; second++) {
      for (let i = 0; i < count; i++) keys[i] = (byteOf(i, first) << 8) | byteOf(i, second);
      const { order, starts } = sortedByKey(keys);
      for (let bucket = 0; bucket < BUCKETS; bucket++) {
        const end = starts[bucket + 1];
        for (let p = starts[bucket]; p < end; p++) {
          const i = order[p];
          for (let q = p + 1; q < Math.min(end, p + 1 + COMPARED); q++) {
            const j = order[q];
            const low = hashes[2 * i] ^ hashes[2 * j];
            const high = hashes[2 * i + 1] ^ hashes[2 * j + 1];
            if (bitsIn(low) + bitsIn(high) > MOST_BITS || !areFirstEqualBytes(low, high, first, second)) continue;
            if (sets.find(shown[i]) === sets.find(shown[j])) continue;
            if (copiesAreAlike(copies[i], copies[j], ALIKE)) sets.unite(shown[i], shown[j]);
          }
        }
      }
      tables++;
      onShare(tables / ((BYTES * (BYTES - 1)) / 2));
    }
  }
}

/** Indices in the order of their keys, and where each key's begin; equal keys stay in order. */
function sortedByKey(keys: Uint16Array): { readonly order: Uint32Array; readonly starts: Uint32Array } {
  const starts = new Uint32Array(BUCKETS + 1);
  for (const key of keys) starts[key + 1]++;
  for (let bucket = 0; bucket < BUCKETS; bucket++) starts[bucket + 1] += starts[bucket];
  const next = starts.slice();
  const order = new Uint32Array(keys.length);
  for (const [i, key] of keys.entries()) order[next[key]++] = i;
  return { order, starts };
}

/** Whether these are the first two bytes in which two hashes agree, so that a pair is compared only once. */
function areFirstEqualBytes(low: number, high: number, first: number, second: number): boolean {
  for (let byte = 0; byte < second; byte++) {
    const differs = ((byte < 4 ? low : high) >>> (8 * (byte & 3))) & 0xff;
    if (byte !== first && differs === 0) return false;
  }
  return true;
}

/** The number of ones in 32 bits. */
function bitsIn(word: number): number {
  const pairs = word - ((word >>> 1) & 0x55555555);
  const fours = (pairs & 0x33333333) + ((pairs >>> 2) & 0x33333333);
  return Math.imul((fours + (fours >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
