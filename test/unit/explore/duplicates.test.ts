import { describe, expect, test } from 'vitest';
import { plant, searched } from '../../../scripts/explore/plantedFolder';
import { someOfSample } from '../../../scripts/explore/somePictures';
import { SAMPLE_IDS } from '../../../src/domain/imageDataset';
import { seededRandom } from '../../../src/engine/random';
import { alikePairs } from '../../../src/explore/duplicates/alikePairs';
import { exactGroups } from '../../../src/explore/duplicates/exactDuplicates';
import { nearDuplicates } from '../../../src/explore/duplicates/nearDuplicates';
import { AREA, atResolution, SIDE, writePictureCopy } from '../../../src/explore/duplicates/pictureCopies';
import { finished } from '../../../src/explore/work';
import { sampleOf } from '../../setup/matrix';

const SEARCHES = [
  { images: 300, planted: 20, seed: 1 },
  ...[1, 2, 3].map((seed) => ({ images: 800, planted: 40, seed })),
];

describe.each(SAMPLE_IDS)('changed copies hidden in %s', (id) => {
  test.each(sampleOf(SEARCHES))('are found, and little else: %o', async ({ images, planted, seed }) => {
    const random = seededRandom(seed, 'planted duplicates');
    const { originals } = await someOfSample(id, images, random);
    const { recall, precision } = await searched(await plant(originals, planted, random));
    for (const kind of ['rescaled', 'recompressed', 'brightened', 'mirrored', 'captioned']) {
      expect(recall[kind], kind).toBeGreaterThanOrEqual(0.95);
    }
    expect(recall.cropped).toBeGreaterThanOrEqual(0.8);
    expect(precision).toBeGreaterThanOrEqual(0.98);
  });
});

/** Copies of pictures of noise, with as many of them flat. */
function noise(count: number) {
  const random = seededRandom(4, 'noise');
  const colours = Uint8Array.from({ length: count * 3 * AREA }, () => random.integer(0, 255));
  const sides = new Uint16Array(count).fill(SIDE);
  return { count, colours, widths: sides, heights: sides };
}

test('pictures that differ, and flat ones, are no near duplicates', async () => {
  const copies = noise(60);
  for (let i = 40; i < 60; i++) copies.colours.fill(4 * i, 3 * AREA * i, 3 * AREA * (i + 1));
  const all = Array.from({ length: 60 }, (_, i) => i);
  expect(await finished(nearDuplicates(copies, all))).toEqual([]);
});

test('equal pixels of equal shape are exact duplicates; equal hashes of different pictures are not', () => {
  const copies = noise(6);
  copies.colours.copyWithin(3 * AREA * 4, 3 * AREA, 3 * AREA * 2);
  copies.colours.copyWithin(3 * AREA * 5, 3 * AREA, 3 * AREA * 2);
  const facts = {
    // Of the pictures with the hash 7 7 two differ; 1, 4 and 5 have equal pixels, but 5 another shape.
    exactHashes: Uint32Array.of(7, 7, 8, 8, 7, 7, 9, 9, 8, 8, 8, 8),
    widths: new Uint32Array(6).fill(40),
    heights: Uint32Array.of(30, 30, 30, 30, 30, 31),
  };
  expect(exactGroups(facts, copies)).toEqual([[1, 4]]);
});

test('alike are neighbours of each other that are no duplicates', () => {
  const graph = {
    n: 4,
    k: 2,
    indices: Int32Array.of(1, 2, 0, 2, 3, 1, 2, 1),
    similarities: Float32Array.of(0.9, 0.5, 0.9, 0.6, 0.8, 0.6, 0.8, 0.4),
    isExact: true,
  };
  expect(alikePairs(graph, () => false, 0.55).map(({ a, b }) => [a, b])).toEqual([
    [0, 1],
    [2, 3],
    [1, 2],
  ]);
  expect(alikePairs(graph, (a) => a === 0, 0.7)).toEqual([{ a: 2, b: 3, score: graph.similarities[4] }]);
});

test('a copy at the resolution of a smaller picture is the copy of that picture', () => {
  // A picture of 8 x 32 pixels, and the same one enlarged to 32 x 32 by repeating its columns.
  const random = seededRandom(5, 'columns');
  const columns = Array.from({ length: 8 }, () => random.integer(0, 255));
  const rgba = (width: number, level: (x: number) => number) =>
    Uint8Array.from({ length: 4 * width * SIDE }, (_, i) => (i % 4 === 3 ? 255 : level(Math.floor(i / 4) % width)));
  const [small, large] = [new Uint8Array(3 * AREA), new Uint8Array(3 * AREA)];
  writePictureCopy(
    rgba(8, (x) => columns[x]!),
    8,
    SIDE,
    small,
  );
  writePictureCopy(
    rgba(SIDE, (x) => columns[Math.floor(x / 4)]!),
    SIDE,
    SIDE,
    large,
  );
  const reduced = atResolution(Float32Array.from(large.subarray(0, AREA)), 8, SIDE);
  expect([...small.subarray(0, AREA)]).not.toEqual([...large.subarray(0, AREA)]);
  expect([...small.subarray(0, AREA)]).toEqual(Array.from(reduced, (value) => Math.round(value)));
  const same = Float32Array.from(large.subarray(0, AREA));
  expect(atResolution(same, SIDE, 400)).toEqual(same);
});

test('a copy averages a larger picture and keeps the edges of a smaller one', () => {
  const out = new Uint8Array(3 * AREA);
  const pixels = new Uint8Array(4 * 100 * 7).fill(200);
  writePictureCopy(pixels, 100, 7, out);
  expect(out.every((value) => value === 200)).toBe(true);
  writePictureCopy(Uint8Array.of(10, 20, 30, 255), 1, 1, out);
  expect([out[0], out[AREA], out[3 * AREA - 1]]).toEqual([10, 20, 30]);
});
