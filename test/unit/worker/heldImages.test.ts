import { createHash } from 'node:crypto';
import { beforeAll, describe, expect, test } from 'vitest';
import { decodeWithSharp } from '../../../scripts/node/decodeWithSharp';
import { decodeBatch } from '../../../src/data/import/decodeBatch';
import type { Decoder } from '../../../src/data/import/readImages';
import { runImport } from '../../../src/data/import/runImport';
import type { ImportSettings } from '../../../src/data/importTypes';
import { type FolderReading, withReader } from '../../../src/domain/decodedFolder';
import { orderOf } from '../../../src/domain/derivation';
import { type FolderCorrections, parseCorrections } from '../../../src/domain/folderCorrections';
import { packImages } from '../../../src/domain/imageRanges';
import { pixelsOf, type TrainingImages, trainingImages, withPixels } from '../../../src/engine/images/pictureCache';
import { HeldImages } from '../../../src/worker/heldImages';
import { picture } from '../../setup/imageFiles';
import { syntheticDataset } from '../../setup/syntheticDataset';

const READING: FolderReading = { seed: 1, holdOut: 'pictures', labelRule: 'found', batchSize: 4 };
const SETTINGS: ImportSettings = { ...READING, sourceSize: 64, imageSize: 32 };

/** Decoded pictures above this are kept compressed: those of these files take about 500 KB. */
const LOWERED = 100_000;

let batchesDecoded = 0;
const decoder: Decoder = (batch) => {
  batchesDecoded += 1;
  return decodeBatch(batch, SETTINGS, decodeWithSharp);
};
const numbered = (folder: string, count: number) => Array.from({ length: count }, (_, i) => `${folder}/${i}.png`);
/** The folders in their order: the root, images, images/a, images/b, late, late/a, late/b, masks, masks/a, masks/b. */
const PATHS = [
  ...['images/a', 'images/b'].flatMap((folder) => numbered(`d/${folder}`, 12)),
  ...['late/a', 'late/b'].flatMap((folder) => numbered(`d/${folder}`, 5)),
  ...['masks/a', 'masks/b'].flatMap((folder) => numbered(`d/${folder}`, 12)),
];
let files: { path: string; blob: Blob }[] = [];

/** Pictures of several shapes, some of which are scaled down; some show the same as others, also as pictures that are left out. */
beforeAll(async () => {
  files = await Promise.all(
    PATHS.map(async (path, i) => {
      const colors = [0, 1, 2, 3].map((c) => [(i * 37 + c * 60) % 250, (i * 11) % 250, (c * 90) % 250] as const);
      const seen = i % 5 === 0 ? colors.map(() => [9, (i % 3) * 40, 200] as const) : colors;
      const sides = i % 4 === 3 ? ([300, 200] as const) : ([20 + (i % 4) * 8, 24] as const);
      const bytes = await picture([seen[0], colors[1], seen[2], seen[3]], ...sides)
        .png()
        .toBuffer();
      return { path, blob: new Blob([Uint8Array.from(bytes)]) };
    }),
  );
});

const known = new Map<string, ReturnType<typeof runImport>>();

/** What loading the images gives; each reading is loaded once for all tests. */
function loaded(reading: Partial<FolderReading>, decodedLimit?: number): ReturnType<typeof runImport> {
  const key = JSON.stringify([reading, decodedLimit]);
  const unreadable = [{ path: 'd/locked', reason: 'could not be opened' }];
  const result =
    known.get(key) ??
    runImport(
      { name: 'd', found: [{ files, unreadable }] },
      { ...SETTINGS, ...reading, ...(decodedLimit === undefined ? {} : { decodedLimit }) },
      [decoder],
      () => undefined,
    );
  known.set(key, result);
  return result;
}

/** Images that are held after a load with some corrections. */
async function held(corrections: FolderCorrections = [], decodedLimit?: number): Promise<HeldImages> {
  const images = new HeldImages();
  images.take(await loaded({ corrections }, decodedLimit));
  return images;
}

const digest = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

/** A data set with the pixels of each picture as digests, however it is kept. */
async function digested(images: TrainingImages) {
  const all = [...images.widths.keys()];
  const pictures = await withPixels(images, all, () => all.map((i) => digest(pixelsOf(images, i))));
  return 'reader' in images
    ? { ...images, reader: null, pictures }
    : { ...images, pixels: digest(images.pixels), pictures };
}

describe.each([
  ['in memory', undefined],
  ['kept compressed', LOWERED],
])('folders that are read anew, of images %s', (_, limit) => {
  test.each([
    ['a folder left out', '4:out'],
    ['a folder that is a test set', '4:test'],
    ['a folder taken back in', '7:use'],
    ['a class of masks', '8:class'],
    ['several at once', '3:out,4:test,7:use'],
    ['places that are not there', '3:out,99:test'],
    ['none', ''],
  ])('have the same outcome, to the byte, as loading the images with the correction: %s', async (_, text) => {
    const corrections = text === '' ? [] : parseCorrections(text);
    for (const before of ['', '4:test', '3:out,7:use', '1:out,4:out,7:use']) {
      const images = await held(before === '' ? [] : parseCorrections(before), limit);
      const expected = await loaded({ corrections }, limit);
      const decodedBefore = batchesDecoded;
      const outcome = images.readFolders({ ...READING, corrections });
      if ('refusal' in outcome) throw new Error(outcome.refusal.message);
      images.takeNext(outcome.number);
      expect(batchesDecoded).toBe(decodedBefore);
      expect('reader' in images.dataset).toBe(limit !== undefined);
      const anew = await digested(trainingImages(expected.dataset));
      expect(await digested(images.dataset)).toEqual(anew);
      const inMemory = await digested(trainingImages((await loaded({ corrections })).dataset));
      expect(anew.pictures).toEqual(inMemory.pictures);
      expect({ skipped: outcome.skipped, plan: outcome.plan }).toEqual({
        skipped: expected.skipped,
        plan: expected.plan,
      });
      expect(images.dataset).toMatchObject(outcome.info);
    }
  });

  test('follow the other settings, too', async () => {
    const images = await held([], limit);
    const reading: FolderReading = { ...READING, holdOut: 'images', corrections: parseCorrections('4:out') };
    const outcome = images.readFolders(reading);
    if ('refusal' in outcome) throw new Error(outcome.refusal.message);
    images.takeNext(outcome.number);
    const anew = trainingImages((await loaded(reading, limit)).dataset);
    expect(await digested(images.dataset)).toEqual(await digested(anew));
  });

  test('are not in use before they are asked for, nor when they are refused, nor when others were read since', async () => {
    const images = await held([], limit);
    const before = images.dataset;
    const first = images.readFolders({ ...READING, corrections: parseCorrections('4:out') });
    const refused = images.readFolders({ ...READING, corrections: parseCorrections('0:out') });
    expect(refused).toMatchObject({ refusal: { message: expect.stringMatching(/^There are no images here/) } });
    const few = images.readFolders({ ...READING, corrections: parseCorrections('1:out'), batchSize: 64 });
    expect(few).toMatchObject({
      refusal: { message: expect.stringMatching(/^Only 10 images to train on/), fittingBatch: 4 },
    });
    expect(images.dataset).toBe(before);
    const second = images.readFolders({ ...READING, corrections: parseCorrections('3:out') });
    if ('refusal' in first || 'refusal' in second) throw new Error('refused');
    expect(() => images.takeNext(first.number)).toThrow(/asked for meanwhile/);
    images.takeNext(second.number);
    expect(images.dataset.names.some((name) => name.startsWith('images/b'))).toBe(false);
  });

  test('can be followed by a choice of images, whose pictures are those of the whole', async () => {
    const images = await held([], limit);
    const whole = await digested(images.dataset);
    const of = orderOf(images.dataset);
    const decodedBefore = batchesDecoded;
    const derivation = { from: '', of, images: packImages([1, 2, 5, 7, 8, 9, 20, 21, 22, 23], images.dataset.count) };
    const outcome = images.derive(derivation, READING);
    if ('refusal' in outcome) throw new Error(outcome.refusal.message);
    expect(images.dataset.count).toBe(whole.pictures.length);
    images.takeNext(outcome.number);
    expect(batchesDecoded).toBe(decodedBefore);
    expect(images.dataset).toMatchObject(outcome.info);
    const part = await digested(images.dataset);
    expect(part.pictures).toEqual([1, 2, 5, 7, 8, 9, 20, 21, 22, 23].map((i) => whole.pictures[i]));
    // Other ones of the whole, not of the part.
    const other = images.derive({ ...derivation, images: '0-19' }, READING);
    expect('refusal' in other ? null : other.info.count).toBe(20);
    const back = images.derive(null, READING);
    images.takeNext('number' in back ? back.number : 0);
    expect(await digested(images.dataset)).toEqual(whole);
    expect(images.derive({ ...derivation, of: '34-0' }, READING)).toHaveProperty('refusal');
  });

  test('are those of the images in use only', async () => {
    const images = await held([], limit);
    const outcome = images.readFolders({ ...READING, corrections: parseCorrections('4:out') });
    images.take({ dataset: syntheticDataset(8) });
    expect(() => images.takeNext('number' in outcome ? outcome.number : 0)).toThrow(/meanwhile/);
    expect(() => images.readFolders(READING)).toThrow(/have no folders/);
  });
});

test('the reader of compressed images is closed when others are taken, but not by a correction', async () => {
  const { dataset, decoded } = await loaded({}, LOWERED);
  let closed = 0;
  const images = new HeldImages();
  images.take(
    withReader({ dataset, decoded }, (reader) => ({ read: (numbers) => reader.read(numbers), close: () => closed++ })),
  );
  const outcome = images.readFolders({ ...READING, corrections: parseCorrections('4:out') });
  images.takeNext('number' in outcome ? outcome.number : 0);
  expect(closed).toBe(0);
  images.take({ dataset: syntheticDataset(8) });
  expect(closed).toBe(1);
});

test('a data set and its folder get one reader between them when they are sent', async () => {
  let replaced = 0;
  const sent = withReader(await loaded({}, LOWERED), () => ({ number: ++replaced }));
  expect(sent).toMatchObject({ dataset: { reader: { number: 1 } }, decoded: { pictures: { reader: { number: 1 } } } });
  expect(replaced).toBe(1);
});
