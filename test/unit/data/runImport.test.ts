import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { zipSync } from 'fflate';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { decodeWithSharp } from '../../../scripts/node/decodeWithSharp';
import { loadDataset } from '../../../scripts/node/loadDataset';
import { decodeBatch } from '../../../src/data/import/decodeBatch';
import type { Decoder } from '../../../src/data/import/readImages';
import { runImport } from '../../../src/data/import/runImport';
import { ImportError } from '../../../src/data/importError';
import type { ImportProgress, ImportSettings } from '../../../src/data/importTypes';
import { inMemory, squarePlaces, TEST } from '../../../src/domain/imageDataset';
import { decodeBmp } from '../../../src/formats/image/decodeBmp';
import {
  BLUE,
  badFiles,
  bmp,
  GREEN,
  goodImages,
  halfTransparentFiles,
  picture,
  quarters,
  RED,
  type Rgb,
  SYSTEM_FILES,
  UPRIGHT,
  WHITE,
  writeFiles,
  YELLOW,
} from '../../setup/imageFiles';
import { squares } from '../../setup/storage';

const SETTINGS: ImportSettings = { ...squares(32), seed: 1, holdOut: 'pictures', labelRule: 'found', batchSize: 4 };

function asFiles(files: Iterable<readonly [string, Uint8Array]>) {
  return [...files].map(([path, bytes]) => ({ path, blob: new Blob([Uint8Array.from(bytes)]) }));
}

const decoder: Decoder = (batch) => decodeBatch(batch, SETTINGS, decodeWithSharp);

function importFiles(
  files: Iterable<readonly [string, Uint8Array]>,
  settings: Partial<ImportSettings> = {},
  decoders = [decoder],
) {
  return runImport(
    { name: 'test', found: [{ files: asFiles(files), unreadable: [] }] },
    { ...SETTINGS, ...settings },
    decoders,
    () => undefined,
  );
}

/** Expects the centres of the four quarters of image `i` to have these colours, up to the error of lossy formats. */
function expectQuarters(pixels: Uint8Array, i: number, colors: readonly Rgb[], what: string): void {
  const places = [
    [8, 8],
    [24, 8],
    [8, 24],
    [24, 24],
  ];
  for (const [q, [x, y]] of places.entries()) {
    const at = (i * 1024 + y * 32 + x) * 4;
    for (let channel = 0; channel < 3; channel++) {
      expect(Math.abs(pixels[at + channel] - colors[q][channel]), `${what}, quarter ${q}`).toBeLessThanOrEqual(4);
    }
    expect(pixels[at + 3]).toBe(255);
  }
}

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'import-test-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('a folder with every kind of file', () => {
  test('good files load upright and on white, bad ones are listed, system files are not mentioned', async () => {
    const good = await goodImages();
    const alpha = await halfTransparentFiles();
    const bad = await badFiles();
    const root = join(folder, 'pets');
    await writeFiles(
      root,
      [...good].map(([name, bytes]) => [`good/${name}`, bytes]),
    );
    await writeFiles(
      root,
      [...alpha].map(([name, bytes]) => [`alpha/${name}`, bytes]),
    );
    await writeFiles(
      root,
      [...bad].map(([name, { bytes }]) => [`bad/${name}`, bytes]),
    );
    await writeFiles(
      root,
      SYSTEM_FILES.map((name) => [name, Buffer.from('x')]),
    );

    const { dataset, skipped } = await loadDataset(root, SETTINGS);
    expect(dataset.names).toEqual(
      [...[...alpha.keys()].map((n) => `alpha/${n}`), ...[...good.keys()].map((n) => `good/${n}`)].sort(),
    );
    for (const [i, name] of dataset.names.entries()) {
      const colors = name.startsWith('alpha/') ? [RED, WHITE, BLUE, WHITE] : UPRIGHT;
      expectQuarters(inMemory(dataset).pixels, i, colors, name);
    }
    expect(skipped.map(({ path }) => path)).toEqual([...bad.keys()].map((name) => `pets/bad/${name}`).sort());
    for (const { path, reason } of skipped) expect(reason).toMatch(bad.get(path.slice('pets/bad/'.length))!.reason);
    expect(dataset.classNames).toEqual(['alpha', 'good']);
    expect(dataset).toMatchObject({ name: 'pets', size: 32, count: dataset.names.length });
    expect(dataset.source).toMatchObject({ kind: 'folder', name: 'pets', count: dataset.count });
  });

  test('the same files as an archive make the same data set', async () => {
    const files = Object.fromEntries([...(await goodImages())].map(([name, bytes]) => [`pets/${name}`, bytes]));
    const bad = Object.fromEntries([...(await badFiles())].map(([name, { bytes }]) => [`pets/${name}`, bytes]));
    await writeFiles(join(folder, 'again'), Object.entries(files));
    await writeFile(
      join(folder, 'pets.zip'),
      zipSync({ ...files, ...bad, '__MACOSX/pets/._plain.jpg': Buffer.from('x') }),
    );
    const loose = (await loadDataset(join(folder, 'again'), SETTINGS)).dataset;
    const { dataset, skipped } = await loadDataset(join(folder, 'pets.zip'), SETTINGS);
    expect(skipped).toHaveLength(Object.keys(bad).length);
    expect(dataset.names).toEqual(loose.names);
    expect(Buffer.from(inMemory(dataset).pixels).equals(Buffer.from(inMemory(loose).pixels))).toBe(true);
    expect(dataset.source.kind === 'folder' && dataset.source.fingerprint).toBe(
      loose.source.kind === 'folder' && loose.source.fingerprint,
    );
  });
});

describe('the order of images', () => {
  const colors = [RED, GREEN, BLUE, YELLOW];
  async function numbered(count: number): Promise<[string, Uint8Array][]> {
    const plain = await Promise.all(
      colors.map((color) => picture([color, color, color, color], 32, 32).png().toBuffer()),
    );
    return Array.from({ length: count }, (_, i) => [`c${i % 4}/${String(i).padStart(4, '0')}.png`, plain[i % 4]]);
  }

  test('is that of their paths, independent of the decoders’ speed and the order of the files', async () => {
    const files = await numbered(300);
    let calls = 0;
    const slowAndFast: Decoder = async (batch) => {
      await new Promise((resolve) => setTimeout(resolve, calls++ % 2 === 0 ? 60 : 1));
      return decoder(batch);
    };
    const one = inMemory((await importFiles(files)).dataset);
    const other = inMemory(
      (await importFiles(files.toReversed(), {}, [slowAndFast, slowAndFast, slowAndFast])).dataset,
    );
    expect(one.names).toEqual(files.map(([path]) => path).sort());
    expect(other.names).toEqual(one.names);
    expect(other.split).toEqual(one.split);
    expect(Buffer.from(other.pixels).equals(Buffer.from(one.pixels))).toBe(true);
    for (const [i, name] of one.names.entries())
      expectQuarters(one.pixels, i, new Array(4).fill(colors[Number(name[1])]), name);
  });

  test('has no gaps for skipped files', async () => {
    const files = await numbered(40);
    const withBad = files.map(([path, bytes], i): [string, Uint8Array] => [
      path,
      i % 3 === 0 ? Buffer.from('no') : bytes,
    ]);
    const { dataset, skipped } = await importFiles(withBad);
    expect(skipped).toHaveLength(14);
    expect(inMemory(dataset).pixels).toHaveLength(26 * 32 * 32 * 4);
    for (const [i, name] of dataset.names.entries()) {
      expectQuarters(inMemory(dataset).pixels, i, new Array(4).fill(colors[Number(name[1])]), name);
    }
  });

  test('the seed decides which images are held out, and a test folder is kept', async () => {
    const files = await numbered(200);
    const first = (await importFiles(files, { seed: 1, holdOut: 'images' })).dataset.split;
    expect(first.filter((part) => part === TEST)).toHaveLength(30);
    expect((await importFiles(files, { seed: 1, holdOut: 'images' })).dataset.split).toEqual(first);
    expect((await importFiles(files, { seed: 2, holdOut: 'images' })).dataset.split).not.toEqual(first);
    const split = files.map(([path, bytes], i): [string, Uint8Array] => [
      `${i < 150 ? 'train' : 'test'}/${path}`,
      bytes,
    ]);
    const { dataset } = await importFiles(split);
    expect(dataset.names.filter((_, i) => dataset.split[i] === TEST)).toEqual(
      dataset.names.filter((name) => name.startsWith('test/')),
    );
  });

  test('equal pictures are held out together or not at all', async () => {
    const shades = await Promise.all(
      Array.from({ length: 60 }, (_, i) =>
        picture(
          [
            [4 * i, 0, 0],
            [0, 255 - 4 * i, 0],
            [0, 0, 4 * i],
            [9, 9, 9],
          ],
          32,
          32,
        )
          .png()
          .toBuffer(),
      ),
    );
    const twice = shades.flatMap((bytes, i): [string, Uint8Array][] => [
      [`a/${i}.png`, bytes],
      [`b/${i}.png`, bytes],
    ]);
    const phases = new Set<string>();
    const { dataset } = await runImport(
      { name: 'test', found: [{ files: asFiles(twice), unreadable: [] }] },
      SETTINGS,
      [decoder],
      ({ phase }) => phases.add(phase),
    );
    const held = dataset.names.filter((_, i) => dataset.split[i] === TEST);
    expect(held.length).toBeGreaterThan(0);
    const twin = (name: string) => name.replace(/^[ab]/, (folder) => (folder === 'a' ? 'b' : 'a'));
    expect(held.map(twin).sort()).toEqual([...held].sort());
    const apart = (await importFiles(twice, { holdOut: 'images' })).dataset;
    const heldApart = apart.names.filter((_, i) => apart.split[i] === TEST);
    expect(heldApart.map(twin).sort()).not.toEqual([...heldApart].sort());
    expect(phases).toContain('decoding');
  });

  test('images are held out for kNN if the test folder has no labels', async () => {
    const files = (await numbered(60)).map(([path, bytes], i): [string, Uint8Array] => [
      i < 50 ? `train/${path}` : `test/${i}.png`,
      bytes,
    ]);
    const { split, labels } = (await importFiles(files, { holdOut: 'images' })).dataset;
    const labelledTests = [...split.keys()].filter((i) => split[i] === TEST && labels?.[i] !== -1);
    expect(labelledTests).toHaveLength(8);
  });
});

describe('too few images', () => {
  test('none', async () => {
    const error = await importFiles([['photo.heic', (await badFiles()).get('photo.heic')!.bytes]]).catch(
      (reason) => reason,
    );
    expect(error).toBeInstanceOf(ImportError);
    expect(error.message).toMatch(/no images here.*photo.heic is HEIC.*Choose JPEG/);
    expect(error.skipped).toHaveLength(1);
  });

  test('fewer than two batches', async () => {
    const png = await picture().png().toBuffer();
    const files = Array.from({ length: 11 }, (_, i): [string, Uint8Array] => [`${i}.png`, png]);
    await expect(importFiles(files, { batchSize: 6 })).rejects.toThrow(
      'Only 11 images to train on: a run needs at least two batches, 12 images. Add images, or set the batch size to 5 or less.',
    );
    await expect(importFiles(files.slice(0, 3))).rejects.toThrow(/two batches, 8 images. Add images.$/);
    expect((await importFiles(files, { batchSize: 5 })).dataset.count).toBe(11);
  });

  test('an invalid archive, and an archive within a folder', async () => {
    await expect(importFiles([['x.zip', Buffer.from('PK, or so it says, and nothing else')]])).rejects.toThrow(
      /x.zip is not a whole .zip archive/,
    );
    const inner = zipSync({ 'a.png': await picture().png().toBuffer() });
    await expect(importFiles([['pets/x.zip', inner]])).rejects.toThrow(/pets\/x.zip is an archive inside a folder/);
  });

  /** Decodes files named `.png` to pictures of so many bytes, which all share the same memory, and skips all others. */
  function decoderOf(pictureBytes: number): Decoder {
    const pixels = new Uint8Array(64 * pictureBytes);
    const side = Math.sqrt(pictureBytes / 4);
    return async (batch) => {
      const files = batch.kind === 'files' ? batch.files : [];
      const isImage = ({ blob }: { readonly blob: { readonly size: number } }) => blob.size > 0;
      const slots = files.filter(isImage).map(({ slot }) => slot);
      const skipped = files.filter((file) => !isImage(file)).map(({ slot }) => ({ slot, reason: 'is no image' }));
      const count = slots.length;
      const pair = () => new Uint32Array(2 * count);
      const one = () => new Uint32Array(count);
      const facts = {
        widths: one(),
        heights: one(),
        exactHashes: pair(),
        perceptualHashes: pair(),
        sharpness: new Float32Array(count),
        brightness: new Float32Array(count),
      };
      const pictures = { pixels: pixels.subarray(0, count * pictureBytes), ...squarePlaces(count, side), facts };
      return { slots, pictures, skipped, compressed: null };
    };
  }

  const importOf = (images: number, others: number, decode: Decoder) => {
    const [image, other] = [new Blob(['x']), new Blob([])];
    const files = [
      ...Array.from({ length: images }, (_, i) => ({ path: `${i}.png`, blob: image })),
      ...Array.from({ length: others }, (_, i) => ({ path: `${i}.txt`, blob: other })),
    ];
    const settings = { ...SETTINGS, holdOut: 'images', sourceSize: 256, imageSize: 32 } as const;
    return runImport({ name: 'test', found: [{ files, unreadable: [] }] }, settings, [decode], () => undefined);
  };

  test('images of more than the limit when decoded are kept compressed, whatever their number', async () => {
    const { dataset } = await importOf(2000, 0, decoderOf(256 * 256 * 4));
    expect([dataset.count, 'reader' in dataset]).toEqual([2000, true]);
    const { dataset: smaller } = await importOf(2000, 0, decoderOf(16 * 16 * 4));
    expect([smaller.count, 'reader' in smaller]).toEqual([2000, false]);
  });

  test('files that are no images take no memory', async () => {
    const { dataset, skipped } = await importOf(100, 131_000, decoderOf(16 * 16 * 4));
    expect([dataset.count, skipped.length]).toEqual([100, 131_000]);
  });
});

test('progress counts every file and ends at the total', async () => {
  const png = await picture().png().toBuffer();
  const files = Array.from({ length: 100 }, (_, i): [string, Uint8Array] => [
    `${i}.png`,
    i < 90 ? png : Buffer.from('no'),
  ]);
  const seen: ImportProgress[] = [];
  await runImport(
    { name: 'p', found: [{ files: asFiles(files), unreadable: [{ path: 'x', reason: 'y' }] }] },
    SETTINGS,
    [decoder],
    (p) => seen.push(p),
  );
  expect(seen[0]).toMatchObject({ phase: 'listing', total: 100 });
  expect(seen.at(-1)).toMatchObject({ phase: 'decoding', done: 101, total: 101, skipped: 11, remainingSeconds: 0 });
  expect(seen.at(-1)?.imagesPerSecond).toBeGreaterThan(0);
  for (const [i, { done }] of seen.entries()) expect(done).toBeGreaterThanOrEqual(seen[Math.max(0, i - 1)].done);
});

describe('BMP under Node', () => {
  /** A BMP of 4 x 2 pixels with the given header fields and data. */
  function file(
    bits: number,
    data: readonly number[],
    { height = 2, compression = 0, between = [] as number[] } = {},
  ): Buffer {
    const header = Buffer.alloc(54);
    header.write('BM', 'latin1');
    header.writeUInt32LE(54 + between.length, 10);
    header.writeUInt32LE(40, 14);
    header.writeInt32LE(4, 18);
    header.writeInt32LE(height, 22);
    header.writeUInt16LE(bits, 28);
    header.writeUInt32LE(compression, 30);
    return Buffer.concat([header, Buffer.from(between), Buffer.from(data)]);
  }
  const at = (rgba: Uint8Array, x: number, y: number) => [...rgba.subarray((y * 4 + x) * 4, (y * 4 + x) * 4 + 4)];
  const palette = [0, 0, 255, 0, 255, 0, 0, 0];

  test('24 bits, from the bottom up', () => {
    const { rgba } = decodeBmp(bmp(UPRIGHT, 50));
    const rgb = quarters(UPRIGHT, 50, 50);
    expect(rgba.filter((_, i) => i % 4 < 3)).toEqual(Uint8Array.from(rgb));
  });

  test.each([
    [1, [0b0100_0000, 0, 0, 0, 0b0001_0000, 0, 0, 0]],
    [4, [0x01, 0x00, 0, 0, 0x00, 0x01, 0, 0]],
    [8, [0, 1, 0, 0, 0, 0, 0, 1]],
  ])('%i bits, with a palette', (bits, data) => {
    const { rgba } = decodeBmp(file(bits, data, { between: palette }));
    expect(at(rgba, 0, 0)).toEqual([255, 0, 0, 255]);
    expect(at(rgba, 3, 0)).toEqual([0, 0, 255, 255]);
    expect(at(rgba, 1, 1)).toEqual([0, 0, 255, 255]);
  });

  test('32 bits, from the top down, the fourth byte without meaning', () => {
    const data = Array.from({ length: 8 }, (_, i) => [i, 20 + i, 40 + i, 0]).flat();
    expect(at(decodeBmp(file(32, data, { height: -2 })).rgba, 1, 1)).toEqual([45, 25, 5, 255]);
  });

  test('16 bits with masks', () => {
    const masks = [0x00, 0xf8, 0, 0, 0xe0, 0x07, 0, 0, 0x1f, 0, 0, 0];
    const data = [0x00, 0xf8, 0xe0, 0x07, 0x1f, 0, 0xff, 0xff, ...new Array(8).fill(0)];
    const { rgba } = decodeBmp(file(16, data, { compression: 3, between: masks }));
    expect([0, 1, 2, 3].map((x) => at(rgba, x, 1))).toEqual([
      [255, 0, 0, 255],
      [0, 255, 0, 255],
      [0, 0, 255, 255],
      [255, 255, 255, 255],
    ]);
  });
});
