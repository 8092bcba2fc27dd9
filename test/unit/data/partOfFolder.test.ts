import { expect, test } from 'vitest';
import { assembleDataset } from '../../../src/data/import/assembleDataset';
import type { DecodedFolder, FolderReading } from '../../../src/domain/decodedFolder';
import { inMemory, placesOf, TRAIN } from '../../../src/domain/imageDataset';
import { imagesOfRun } from '../../../src/domain/imagesOfRun';
import { pixelsOf } from '../../../src/engine/images/pictureCache';

const COUNT = 1000;
const READING: FolderReading = { seed: 1, holdOut: 'images', labelRule: 'found', batchSize: 4 };

/** 600 training images and 400 held-out ones in two classes, sorted by path; picture i is one pixel that tells its number. */
const paths = ['test', 'train'].flatMap((split, s) =>
  ['a', 'b'].flatMap((name) => Array.from({ length: s === 0 ? 200 : 300 }, (_, i) => `d/${split}/${name}/${i}.png`)),
);
const ones = new Uint16Array(COUNT).fill(1);
const folder: DecodedFolder = {
  name: 'd',
  paths,
  sizes: new Float64Array(COUNT).fill(7),
  pictures: {
    pixels: Uint8Array.from({ length: 4 * COUNT }, (_, i) => [(i >> 2) & 255, i >> 10, 0, 255][i & 3]),
    ...placesOf(ones, ones),
    facts: {
      widths: Uint32Array.from({ length: COUNT }, (_, i) => i),
      heights: new Uint32Array(COUNT),
      exactHashes: new Uint32Array(2 * COUNT),
      perceptualHashes: new Uint32Array(2 * COUNT),
      sharpness: new Float32Array(COUNT),
      brightness: new Float32Array(COUNT),
    },
    groups: Uint32Array.from({ length: COUNT }, (_, i) => i),
  },
  skips: { files: [], archive: null },
};

test('a run on some images of a folder has their names, labels, splits and pixels, and the identity of the folder', () => {
  const whole = inMemory(assembleDataset(folder, READING).dataset);
  const part = inMemory(assembleDataset(folder, { ...READING, images: 600 }).dataset);
  const chosen = [...imagesOfRun(whole.split, 600)];
  expect([whole.count, part.count, part.widths.length]).toEqual([COUNT, 600, 600]);
  expect(part.source).toEqual(whole.source);
  expect(part.split.filter((split) => split !== TRAIN)).toHaveLength(300);
  expect(part.names).toEqual(chosen.map((i) => whole.names[i]));
  expect([...part.labels!]).toEqual(chosen.map((i) => whole.labels![i]));
  for (const [k, i] of chosen.entries()) expect([...pixelsOf(part, k)], `${i}`).toEqual([...pixelsOf(whole, i)]);
  expect(part.facts?.widths).toEqual(whole.facts?.widths.filter((_, i) => chosen.includes(i)));
});
