import { createHash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { readSample } from '../../../scripts/node/loadDataset';
import { nameEmoji } from '../../../scripts/samples/emojiNames';
import { groupPictures } from '../../../src/data/import/pictureGroups';
import { SAMPLES } from '../../../src/data/sample/catalogue';
import { partsFor } from '../../../src/data/sample/parts';
import { unpackTile } from '../../../src/data/sample/unpackSample';
import {
  type ImageDataset,
  type ImageSize,
  labelledIndicesOf,
  NO_LABEL,
  SAMPLE_IDS,
  type SampleId,
  TEST,
  TRAIN,
} from '../../../src/domain/imageDataset';
import { imagesOfRun } from '../../../src/domain/imagesOfRun';
import { sampleOf } from '../../setup/matrix';
import { squares } from '../../setup/storage';

const FOLDER = new URL('../../../public/samples/', import.meta.url);

/** Base emoji that are trained on, by version. */
const TRAINED_BASES = { 1: 1331, 2: 1298 };

const loaded = new Map<string, Promise<ImageDataset>>();

/** Each sample is decoded once for all tests. */
function sample(id: SampleId, size: ImageSize): Promise<ImageDataset> {
  const key = `${id} ${size}`;
  const dataset = loaded.get(key) ?? readSample(id, squares(size));
  loaded.set(key, dataset);
  return dataset;
}

/** The beginning of the SHA-256 of the pixels; the page must get the same. */
const SUMS = {
  'fashion-mnist 32': '683fed48e716f5fd',
  'fashion-mnist 64': '394ce7973179ebb5',
  'emoji-3d 32': 'c9185177f93d171c',
  'emoji-3d 64': '76fe586e75b42288',
};

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

describe.each(SAMPLE_IDS)('%s', (id) => {
  test('is what the catalogue says', async () => {
    const { count, parts, license, title } = SAMPLES[id];
    for (const { file, bytes } of parts) expect(statSync(new URL(file, FOLDER)).size).toBe(bytes);
    expect(parts.reduce((sum, { images }) => sum + images, 0)).toBe(count);
    const dataset = await sample(id, 32);
    expect(dataset).toMatchObject({ name: title, count, size: 32 });
    expect([dataset.names.length, dataset.labels?.length, dataset.split.length]).toEqual([count, count, count]);
    expect(license.text).toMatch(/Permission is hereby granted/);
    for (const holder of license.holders) expect(license.text).toContain(holder);
    expect(readFileSync(new URL('LICENSES.txt', FOLDER), 'utf8')).toContain(license.text);
    expect(Math.min(...(dataset.labels ?? []))).toBeGreaterThanOrEqual(NO_LABEL);
    expect(Math.max(...(dataset.labels ?? []))).toBe(dataset.classNames.length - 1);
  });

  test('is opaque and never blank', async () => {
    const { pixels, count } = await sample(id, 32);
    for (let i = 3; i < pixels.length; i += 4) if (pixels[i] !== 255) throw new Error(`alpha ${pixels[i]} at ${i}`);
    const isBlank = (i: number) => new Set(pixels.subarray(i * 4096, (i + 1) * 4096)).size <= 2;
    expect(Array.from({ length: count }, (_, i) => i).filter(isBlank)).toEqual([]);
  });
});

/** Runs and published figures depend on these bytes: a changed sheet is a new data set, and must be intended. */
test('the pixels are the recorded ones', async () => {
  const sums: Record<string, string> = {};
  for (const id of SAMPLE_IDS) {
    for (const size of [32, 64] as const) sums[`${id} ${size}`] = sha256((await sample(id, size)).pixels).slice(0, 16);
  }
  expect(sums).toEqual(SUMS);
});

test('whole pictures are those of the sheet, and no larger than the source size', async () => {
  const cases = [
    ['fashion-mnist', 64, 32],
    ['fashion-mnist', 256, 32],
    ['emoji-3d', 32, 32],
    ['emoji-3d', 64, 64],
    ['emoji-3d', 256, 64],
  ] as const;
  // A source size below that of the sheet, and one above it.
  for (const [id, sourceSize, side] of sampleOf(cases, ([id, size]) => id === 'emoji-3d' && size !== 64)) {
    const { pixels, size, widths, heights, facts } = await readSample(id, { sourceSize, imageSize: 48 });
    expect([size, new Set([...widths, ...heights])]).toEqual([side, new Set([side])]);
    expect(sha256(pixels).slice(0, 16)).toBe(SUMS[`${id} ${side}`]);
    expect(new Set(facts?.widths)).toEqual(new Set([id === 'emoji-3d' ? 64 : 32]));
  }
});

describe('an image whose size changes by a factor that is not whole', () => {
  /** A middle row of a tile whose rows hold `values`. */
  const middleRow = (values: readonly number[], size: number, padding = 0) => {
    const tile = values.length;
    const data = Array.from({ length: tile * tile }, (_, i) => values[i % tile]);
    const out = new Uint8Array(size * size * 4);
    unpackTile({ width: tile, channels: 1, data }, 0, 0, { tile, padding }, size, out);
    expect([...out.keys()].filter((i) => i % 4 === 3 && out[i] !== 255)).toEqual([]);
    return Array.from({ length: size }, (_, x) => out[((size >> 1) * size + x) * 4]);
  };

  test('is interpolated: 64 pixels become 96 as two become three', () => {
    expect(middleRow([0, 90], 3)).toEqual([0, 45, 90]);
    const ramp = Array.from({ length: 64 }, (_, i) => 4 * i);
    // Pixel i of 96 lies over (i + 1/2) * 2/3 - 1/2 of 64: four times that is never half-way between two levels.
    const inner = Array.from({ length: 94 }, (_, i) => Math.round((8 * (i + 1) - 2) / 3));
    expect(middleRow(ramp, 96)).toEqual([0, ...inner, 252]);
  });

  test('gets its frame before it is scaled', () => {
    expect(middleRow([60, 60], 6, 1)).toEqual([0, 30, 60, 60, 30, 0]);
  });
});

describe('Fashion-MNIST', () => {
  test('has 1,000 images of each class to train on and 200 to test with', async () => {
    const { labels, split } = await sample('fashion-mnist', 32);
    const counts = Array.from({ length: 10 }, () => [0, 0]);
    for (const [i, label] of labels!.entries()) counts[label][split[i]]++;
    expect(counts).toEqual(new Array(10).fill([1000, 200]));
  });

  test('is grey on black, framed by two pixels at 32 and twice that at 64', async () => {
    const small = (await sample('fashion-mnist', 32)).pixels;
    const large = (await sample('fashion-mnist', 64)).pixels;
    for (let i = 0; i < 100; i++) {
      const red = (x: number, y: number) => small[((i * 32 + y) * 32 + x) * 4];
      const isFrame = (x: number, y: number) => x < 2 || y < 2 || x > 29 || y > 29;
      const grey = Uint8Array.from({ length: 4096 }, (_, k) => {
        const x = (k >> 2) % 32;
        const y = k >> 7;
        return k % 4 === 3 ? 255 : isFrame(x, y) ? 0 : red(x, y);
      });
      const doubled = Uint8Array.from({ length: 16_384 }, (_, k) =>
        k % 4 === 3 ? 255 : red(((k >> 2) % 64) >> 1, k >> 9),
      );
      expect(Buffer.from(grey).equals(small.subarray(i * 4096, (i + 1) * 4096)), `image ${i}`).toBe(true);
      expect(Buffer.from(doubled).equals(large.subarray(i * 16_384, (i + 1) * 16_384)), `image ${i}`).toBe(true);
    }
  });
});

describe.each([1, 2] as const)('version %i of Emoji 3D', (version) => {
  test('holds out a base emoji with all its variants, and one of them is a query', async () => {
    const dataset = await readSample('emoji-3d', squares(32), version);
    const { default: emojis } = await import('emojibase-data/en/data.json', { with: { type: 'json' } });
    const bases = new Map(
      emojis
        .flatMap((emoji) => [emoji, ...(emoji.skins ?? [])])
        .map(({ label, hexcode }) => [label, nameEmoji(hexcode).base]),
    );
    const baseOf = (i: number) => bases.get(dataset.names[i]);
    const trained = new Set([...dataset.split.keys()].filter((i) => dataset.split[i] === TRAIN).map(baseOf));
    const held = [...dataset.split.keys()].filter((i) => dataset.split[i] === TEST).map(baseOf);
    const queries = [...labelledIndicesOf(dataset, TEST)].map(baseOf);
    expect(bases.has(dataset.names[0])).toBe(true);
    expect(held.filter((base) => trained.has(base))).toEqual([]);
    expect(new Set(queries).size).toBe(queries.length);
    if (version === 1) expect(new Set(queries)).toEqual(new Set(held));
    expect(queries).toHaveLength(333);
    expect(trained.size).toBe(TRAINED_BASES[version]);
    // Every group has queries.
    expect(new Set([...labelledIndicesOf(dataset, TEST)].map((i) => dataset.labels![i])).size).toBe(9);
  });
});

describe('Emoji 3D', () => {
  const splitOf = async (version: 1 | 2, name: string) => {
    const { names, split, labels } = await readSample('emoji-3d', squares(32), version);
    const i = names.indexOf(name);
    return [split[i], labels![i]];
  };

  test('version 2 has the pictures and queries of version 1, and trains on fewer', async () => {
    const [first, second] = [
      await readSample('emoji-3d', squares(32), 1),
      await readSample('emoji-3d', squares(32), 2),
    ];
    expect(second.names).toEqual(first.names);
    expect(Buffer.from(second.pixels).equals(first.pixels)).toBe(true);
    expect(labelledIndicesOf(second, TEST)).toEqual(labelledIndicesOf(first, TEST));
    expect([first, second].map((dataset) => labelledIndicesOf(dataset, TRAIN).length)).toEqual([2670, 2569]);
    for (const [i, part] of first.split.entries()) if (part === TEST) expect(second.split[i]).toBe(TEST);
  });

  test('version 2 neither trains on nor votes with the twin of a query', async () => {
    expect(await splitOf(1, 'cat face')).toEqual([TRAIN, 2]);
    expect(await splitOf(2, 'cat face')).toEqual([TEST, NO_LABEL]);
    for (const [version, mixed] of [
      [1, 2],
      [2, 0],
    ] as const) {
      const dataset = await readSample('emoji-3d', squares(32), version);
      const sides = new Map<number, Set<number>>();
      const groups = groupPictures(dataset);
      for (const i of [...labelledIndicesOf(dataset, TEST), ...labelledIndicesOf(dataset, TRAIN)]) {
        sides.set(groups[i], (sides.get(groups[i]) ?? new Set()).add(dataset.split[i]));
      }
      expect([...sides.values()].filter(({ size }) => size > 1)).toHaveLength(mixed);
    }
  });

  test('half size is the rounded mean of four pixels', async () => {
    const small = (await sample('emoji-3d', 32)).pixels;
    const large = (await sample('emoji-3d', 64)).pixels;
    const at = (x: number, y: number) => large[((1000 * 64 + y) * 64 + x) * 4 + 1];
    for (let y = 0; y < 32; y++) {
      for (let x = 0; x < 32; x++) {
        const sum = at(2 * x, 2 * y) + at(2 * x + 1, 2 * y) + at(2 * x, 2 * y + 1) + at(2 * x + 1, 2 * y + 1);
        expect(small[((1000 * 32 + y) * 32 + x) * 4 + 1]).toBe(Math.floor((sum + 2) / 4));
      }
    }
  });

  test('the variants of a base emoji share its key', () => {
    const variants = {
      waving: ['1f44b', '1f44b-1f3fb', '1f44b-1f3ff'],
      firefighter: ['1f9d1-200d-1f692', '1f468-1f3fd-200d-1f692', '1f469-1f3ff-200d-1f692'],
      runner: ['1f3c3', '1f3c3-200d-2640-fe0f', '1f3c3-1f3fc-200d-2642-fe0f'],
      hands: ['1f46b', '1f46d-1f3fb', '1f9d1-1f3fb-200d-1f91d-200d-1f9d1-1f3ff'],
    };
    const bases = Object.values(variants).map((names) => new Set(names.map((name) => nameEmoji(name).base)));
    for (const base of bases) expect(base.size).toBe(1);
    expect(new Set(bases.flatMap((base) => [...base])).size).toBe(bases.length);
    expect(nameEmoji('2640-fe0f').base).not.toBe(nameEmoji('2642-fe0f').base);
  });
});

describe('a part of a sample', () => {
  test('has the images of a run, with their pixels, in the order of the whole', async () => {
    const whole = await sample('fashion-mnist', 32);
    for (const images of [500, 1500, 1501]) {
      const part = await readSample('fashion-mnist', squares(32), 1, images);
      const chosen = imagesOfRun(whole.split, images);
      expect(part.names).toEqual(Array.from(chosen, (i) => whole.names[i]));
      expect(part.split).toEqual(whole.split.filter((_, i) => chosen.includes(i)));
      const pixels = Buffer.concat(Array.from(chosen, (i) => whole.pixels.subarray(i * 4096, (i + 1) * 4096)));
      expect(pixels.equals(part.pixels)).toBe(true);
    }
  });

  test('needs only the sheets that have its images', () => {
    const sheets = (id: SampleId, images: number) => partsFor(id, images).map(({ file }) => file);
    const [first, second] = ['fashion-mnist.1.png', 'fashion-mnist.2.png'];
    expect(sheets('fashion-mnist', 400)).toEqual([first]);
    expect(sheets('fashion-mnist', 1500)).toEqual([first]);
    for (const images of [1501, 12_000, 50_000, 0]) expect(sheets('fashion-mnist', images)).toEqual([first, second]);
    for (const images of [400, 0]) expect(sheets('emoji-3d', images)).toEqual(['emoji-3d.png']);
  });
});
