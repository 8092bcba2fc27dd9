import { mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { zipSync } from 'fflate';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadDataset } from '../../../scripts/node/loadDataset';
import { packPixels, unpackPixels } from '../../../src/data/import/compressPicture';
import { PicturePort, servePictures } from '../../../src/data/import/picturePort';
import type { ImportSettings } from '../../../src/data/importTypes';
import {
  type CompressedDataset,
  inMemory,
  type LoadedDataset,
  type PictureReader,
  UnreadablePicture,
} from '../../../src/domain/imageDataset';
import { seededRandom } from '../../../src/engine/random';
import { BLUE, GREEN, picture, RED, UPRIGHT, WHITE, writeFiles } from '../../setup/imageFiles';

const SETTINGS: ImportSettings = {
  sourceSize: 64,
  imageSize: 32,
  seed: 1,
  holdOut: 'pictures',
  labelRule: 'found',
  batchSize: 4,
};

/** Half of the pictures are decoded before the limit is reached. */
const LOWERED = { ...SETTINGS, decodedLimit: 300_000 };

function readerOf(dataset: LoadedDataset): PictureReader {
  if (!('reader' in dataset)) throw new Error('the images are in memory');
  return dataset.reader;
}

/** A picture that is no easier to compress than a photo. */
function photo(seed: number, width: number, height: number): Promise<Buffer> {
  const random = seededRandom(seed, 'photo');
  const values = Uint8Array.from({ length: 3 * width * height }, (_, i) => ((i / 64) % 200) + random.integer(0, 40));
  return sharp(values, { raw: { width, height, channels: 3 } })
    .jpeg()
    .toBuffer();
}

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'compressed-test-'));
  // Small files, which are kept as they are, and photos that are scaled down, which are packed; two pictures are there twice.
  const files: [string, Uint8Array][] = [];
  for (let i = 0; i < 24; i++) {
    const shade = (k: number) => [(37 * i + k) % 256, (91 * i + k) % 256, (7 * i) % 256] as const;
    files.push([
      `small/${i}.png`,
      await picture([shade(0), shade(50), shade(99), shade(9)], 60 + i, 70)
        .png()
        .toBuffer(),
    ]);
    files.push([`photo/${i}.jpg`, await photo(i, 300, 200 + i)]);
  }
  files.push(['small/again.png', files[0]![1]], ['photo/again.jpg', files[1]![1]]);
  await writeFiles(join(folder, 'pets'), files);
  await writeFile(join(folder, 'pets.zip'), zipSync(Object.fromEntries(files)));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe.each(['pets', 'pets.zip'])('%s with a lower limit', (name) => {
  test('has the pixels, classes, splits and facts of the same images in memory', async () => {
    const decoded = inMemory((await loadDataset(join(folder, name), SETTINGS)).dataset);
    const { dataset } = await loadDataset(join(folder, name), LOWERED);
    const { pixels, offsets, ...info } = decoded;
    const { reader, numbers, ...rest } = dataset as CompressedDataset<PictureReader>;
    expect(rest).toEqual(info);
    expect(numbers).toEqual(Uint32Array.from(decoded.names.keys()));
    const order = Array.from({ length: decoded.count }, (_, i) => (i * 7) % decoded.count);
    const read = await reader.read(order);
    for (const [k, i] of order.entries()) {
      const end = offsets[i]! + 4 * decoded.widths[i]! * decoded.heights[i]!;
      expect(Buffer.from(read[k]!).equals(pixels.subarray(offsets[i], end)), decoded.names[i]).toBe(true);
    }
  });
});

describe('a file that cannot be read as before', () => {
  const load = async (name: string) => {
    const root = join(folder, name);
    const png = (i: number) =>
      picture(UPRIGHT, 64 + i, 64)
        .png()
        .toBuffer();
    await writeFiles(
      root,
      await Promise.all(Array.from({ length: 40 }, async (_, i) => [`${i}.png`, await png(i)] as const)),
    );
    const { dataset } = await loadDataset(root, LOWERED);
    return { root, reader: readerOf(dataset), index: dataset.names.indexOf('7.png') };
  };

  test('is named when it was deleted, and the others can be read', async () => {
    const { root, reader, index } = await load('deleted');
    await rm(join(root, '7.png'));
    await expect(reader.read([0, index])).rejects.toThrow(
      /deleted\/7\.png could not be read: it may have been moved, changed or deleted\. Load the images again\./,
    );
    expect(await reader.read([0])).toHaveLength(1);
  });

  test('is named when it shows something else', async () => {
    const { root, reader, index } = await load('changed');
    const file = join(root, '7.png');
    await writeFile(file, await picture([WHITE, RED, GREEN, BLUE], 71, 64).png().toBuffer());
    await utimes(file, 1, 1);
    await expect(reader.read([index])).rejects.toThrow(UnreadablePicture);
    await expect(reader.read([index])).rejects.toThrow(/7\.png (was changed|could not be read|is damaged).*Load/);
  });
});

test('packing loses nothing', async () => {
  const random = seededRandom(1, 'packing');
  for (const [width, height] of [
    [1, 1],
    [64, 64],
    [3, 50],
    [97, 31],
  ] as const) {
    const rgba = Uint8Array.from({ length: 4 * width * height }, (_, i) =>
      i % 4 === 3 ? 255 : random.integer(0, 255),
    );
    expect(await unpackPixels(await packPixels(rgba, width, height), width, height)).toEqual(rgba);
  }
  const blank = new Uint8Array(4 * 64 * 64).fill(255);
  const packed = await packPixels(blank, 64, 64);
  expect(packed.length).toBeLessThan(200);
  await expect(unpackPixels(packed, 64, 63)).rejects.toThrow(RangeError);
});

describe('pictures through a port', () => {
  const served = (reader: PictureReader) => {
    const { port1, port2 } = new MessageChannel();
    const closed = new Promise<void>((resolve) => servePictures(reader, port1 as unknown as MessagePort, resolve));
    return { closed, port: new PicturePort(port2 as unknown as MessagePort) };
  };

  test('come as they were asked for, and a failure comes in words', async () => {
    const { port, closed } = served({
      read: async (indices) => {
        if (indices.includes(9)) throw new UnreadablePicture('a.png is gone.');
        return indices.map((i) => Uint8Array.of(i, i));
      },
      close: () => undefined,
    });
    const [one, two] = await Promise.all([port.read([1, 2]), port.read([3])]);
    expect([one, two]).toEqual([[Uint8Array.of(1, 1), Uint8Array.of(2, 2)], [Uint8Array.of(3, 3)]]);
    await expect(port.read([9])).rejects.toThrow(new UnreadablePicture('a.png is gone.'));
    port.close();
    await closed;
  });

  test('do not keep anyone waiting when the port is closed', async () => {
    const { port } = served({ read: () => new Promise(() => undefined), close: () => undefined });
    const waiting = port.read([1]);
    port.close();
    await expect(waiting).rejects.toThrow('Other images were loaded.');
  });
});
