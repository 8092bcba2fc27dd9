import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { zipSync } from 'fflate';
import type { Browser, JSHandle, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import type { ImportReport } from '../../scripts/bench/importPage/main';
import { type ServedSite, serveImportPage } from '../../scripts/bench/servedSite';
import { loadDataset, readSample } from '../../scripts/node/loadDataset';
import { type ImageDataset, inMemory, type PictureStorage, SAMPLE_IDS } from '../../src/domain/imageDataset';
import {
  badFiles,
  goodImages,
  halfTransparentFiles,
  picture,
  SYSTEM_FILES,
  UPRIGHT,
  writeFiles,
} from '../setup/imageFiles';
import { inLongRun, sampleOf } from '../setup/matrix';
import { squares } from '../setup/storage';
import { heicImages, refusedImages, strangeImages } from '../setup/strangeImages';
import { launchBrowser, newContext } from './harness/browser';
import { dropPaths } from './harness/drop';
import { watchForProblems } from './harness/problems';

/**
 * The import in a real browser, without the user interface, for what only a browser can decode or drop. The same files are also
 * imported under Node, and the results must agree.
 */
// The rule `pictures` compares pixels, which for AVIF differ by rounding between the page and Node.
const SETTINGS = { ...squares(32), seed: 1, holdOut: 'images', labelRule: 'found', batchSize: 4 } as const;

/** Ways to keep a sample's pictures. */
const STORAGES: readonly PictureStorage[] = [
  squares(32),
  squares(64),
  { sourceSize: 48, imageSize: 32 },
  { sourceSize: 64, imageSize: 32 },
];

let site: ServedSite;
let browser: Browser;
let folder = '';
let page: Page;
let problems: readonly string[];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'import-formats-'));
  site = await serveImportPage();
  browser = await launchBrowser('wasm');
});
afterAll(async () => {
  await browser.close();
  await site.close();
  await rm(folder, { recursive: true, force: true });
});
beforeEach(async () => {
  const context = await newContext(browser);
  problems = watchForProblems(context, new URL(site.url).origin);
  page = await context.newPage();
  await page.goto(site.url);
});
afterEach(async () => {
  await page.context().close();
  expect(problems).toEqual([]);
});

/** The result of an import in a serialisable form. */
async function outcomeOf(report: Promise<JSHandle<ImportReport>>) {
  const handle = await report;
  const { pixels, ...outcome } = await handle.evaluate(({ result, error, progress }) => {
    const {
      pixels = new Uint8Array(),
      labels = null,
      split = new Uint8Array(),
      offsets: _,
      widths = new Uint16Array(),
      heights = new Uint16Array(),
      facts = null,
      ...info
    }: Partial<ImageDataset> = result?.dataset ?? {};
    return {
      error,
      skipped: result?.skipped ?? [],
      info,
      labels: labels && [...labels],
      split: [...split],
      shapes: [...widths, ...heights],
      originals: facts === null ? [] : [...facts.widths, ...facts.heights],
      pixels: Array.from({ length: Math.ceil(pixels.length / 1024) }, (_, i) =>
        String.fromCharCode(...pixels.subarray(i * 1024, (i + 1) * 1024)),
      ).join(''),
      done: progress.at(-1)?.done ?? 0,
    };
  });
  return { ...outcome, pixels: Buffer.from(pixels, 'latin1') };
}

function pick(inputId: string, settings: object = SETTINGS, cancelAfterMs?: number): Promise<JSHandle<ImportReport>> {
  return page.evaluateHandle(([id, options, ms]) => window.importPicked(id, options, ms), [
    inputId,
    { ...SETTINGS, ...settings },
    cancelAfterMs,
  ] as const);
}

async function drop(paths: readonly string[]): Promise<JSHandle<ImportReport>> {
  const dropped = page.evaluateHandle((settings) => window.importDropped(settings), SETTINGS);
  // The page must listen before the drop.
  await page.evaluate(() => undefined);
  await dropPaths(page, paths);
  return dropped;
}

/** Largest difference between two lists of bytes. */
function worstDifference(a: Uint8Array, b: Uint8Array): number {
  expect(a.length).toBe(b.length);
  return a.reduce((worst, value, i) => Math.max(worst, Math.abs(value - b[i])), 0);
}

async function writeEverything(root: string): Promise<void> {
  const below = (name: string, files: Map<string, Buffer>) =>
    [...files].map(([file, bytes]) => [`${name}/${file}`, bytes] as const);
  const bad = [...(await badFiles())].map(([name, { bytes }]) => [name, bytes] as const);
  await writeFiles(root, below('good', await goodImages()));
  await writeFiles(root, below('alpha', await halfTransparentFiles()));
  await writeFiles(root, below('bad', new Map(bad)));
  await writeFiles(
    root,
    SYSTEM_FILES.map((name) => [name, Buffer.from('x')] as const),
  );
}

test('every format, orientation and kind of bad file, picked and dropped, as under Node', async () => {
  const root = join(folder, 'everything');
  await writeEverything(root);
  const { dataset, skipped } = await loadDataset(root, SETTINGS);
  const { pixels, labels, split, offsets: _, widths, heights, facts, ...info } = inMemory(dataset);
  await page.setInputFiles('#folder', root);
  for (const outcome of [await outcomeOf(pick('folder')), await outcomeOf(drop([root]))]) {
    expect(outcome.error).toBeNull();
    expect(outcome.skipped).toEqual(skipped);
    expect(outcome.info).toEqual(info);
    expect(outcome.labels).toEqual([...(labels ?? [])]);
    expect(outcome.split).toEqual([...split]);
    expect(outcome.shapes).toEqual([...widths, ...heights]);
    expect(outcome.originals).toEqual([...(facts?.widths ?? []), ...(facts?.heights ?? [])]);
    // AVIF decoders round differently; all other formats give the same bytes.
    expect(worstDifference(outcome.pixels, pixels)).toBeLessThanOrEqual(2);
    expect(outcome.done).toBe(dataset.count + skipped.length);
  }
});

test('with a lower limit: kept compressed, as files or packed, with the same pixels, and the files that cannot be read again named', async () => {
  const root = join(folder, 'compressed');
  // Of the large ones the pixels are packed; the small ones are decoded again from their files.
  const large = await picture(UPRIGHT, 900, 700).jpeg().toBuffer();
  const small = await picture(UPRIGHT, 40, 50).png().toBuffer();
  await writeFiles(root, [
    ...[...(await goodImages())].map(([name, bytes]) => [`large/${name}`, bytes] as const),
    ...Array.from({ length: 12 }, (_, i) => [`large/${i}.jpg`, large] as const),
    ...Array.from({ length: 12 }, (_, i) => [`small/${i}.png`, small] as const),
  ]);
  await page.setInputFiles('#folder', root);
  const { pixels } = await outcomeOf(pick('folder'));
  const decodedLimit = 10 * 4096;
  const compressed = await pick('folder', { decodedLimit });
  const isCompressed = ({ result }: ImportReport) => result !== null && 'reader' in result.dataset;
  expect(await compressed.evaluate(isCompressed)).toBe(true);
  const digestOf = (report: JSHandle<ImportReport>) =>
    report.evaluate(async (report) => {
      const all = await window.pixelsOf(report);
      return [...new Uint8Array(await crypto.subtle.digest('SHA-256', Uint8Array.from(all)))];
    });
  expect(Buffer.from(await digestOf(compressed)).toString('hex')).toBe(
    createHash('sha256').update(pixels).digest('hex'),
  );
  // Its worker has ended.
  await expect.poll(() => page.workers().length).toBe(0);

  const again = await pick('folder', { decodedLimit });
  for (let i = 0; i < 12; i++) await rm(join(root, `large/${i}.jpg`));
  await rm(join(root, 'small/7.png'));
  await expect(digestOf(again)).rejects.toThrow(
    'small/7.png could not be read: it may have been moved, changed or deleted. Load the images again.',
  );
});

/** AVIF with halved colour resolution: the decoders smooth colours differently, see docs/decoders.md. */
const SMOOTHED_DIFFERENTLY = ['avif_420.avif', 'avif_anim.avif'];

test('files of which decoders make different pixels are the same on the page and under Node, and so are the refusals', async () => {
  const root = join(folder, 'strange');
  const bad = [...(await refusedImages())].map(([name, { bytes }]) => [name, bytes] as const);
  await writeFiles(root, [...[...(await strangeImages())].map(([name, { bytes }]) => [name, bytes] as const), ...bad]);
  const { dataset, skipped } = await loadDataset(root, SETTINGS);
  await page.setInputFiles('#folder', root);
  const outcome = await outcomeOf(pick('folder'));
  expect(outcome.error).toBeNull();
  expect(outcome.skipped).toEqual(skipped);
  expect(outcome.info).toMatchObject({ names: dataset.names });
  for (const [i, name] of dataset.names.entries()) {
    const part = (pixels: Uint8Array) => pixels.subarray(i * 4096, (i + 1) * 4096);
    const limit = SMOOTHED_DIFFERENTLY.includes(name) ? 12 : 2;
    expect(worstDifference(part(outcome.pixels), part(inMemory(dataset).pixels)), name).toBeLessThanOrEqual(limit);
  }
});

test('HEIC is read by a decoder that is loaded when the first such file comes', async () => {
  const root = join(folder, 'phone');
  const files = [...(await heicImages())];
  await writeFiles(
    root,
    [0, 1, 2, 3].flatMap((copy) => files.map(([name, bytes]) => [`${copy}-${name}`, bytes] as const)),
  );
  const requests: string[] = [];
  page.context().on('request', (request) => requests.push(request.url()));
  const isDecoder = (url: string) => /heic-to/.test(url);
  const png = await picture().png().toBuffer();
  await writeFiles(
    join(folder, 'plain'),
    Array.from({ length: 8 }, (_, i) => [`${i}.png`, png] as const),
  );
  await page.setInputFiles('#folder', join(folder, 'plain'));
  const plain = await outcomeOf(pick('folder'));
  expect(plain.error).toBeNull();
  expect(requests.filter(isDecoder)).toEqual([]);

  await page.setInputFiles('#folder', root);
  const { error, skipped, info, pixels } = await outcomeOf(pick('folder'));
  expect(error).toBeNull();
  expect(skipped).toEqual([]);
  expect(info).toMatchObject({ count: 4 * files.length });
  expect(requests.filter(isDecoder)).not.toEqual([]);
  for (let i = 0; i < 4 * files.length; i++) {
    const difference = worstDifference(pixels.subarray(i * 4096, (i + 1) * 4096), plain.pixels.subarray(0, 4096));
    expect(difference, `picture ${i}`).toBeLessThanOrEqual(8);
  }
});

test('names of archives by their bytes, dropped, as under Node', async () => {
  for (const file of ['cp437.zip', 'cp437_unicode_extra.zip', 'sjis_merge.zip']) {
    const path = fileURLToPath(new URL(`../fixtures/import/08_zip_names/${file}`, import.meta.url));
    const { dataset } = await loadDataset(path, SETTINGS);
    const { info, skipped, pixels } = await outcomeOf(drop([path]));
    expect(skipped).toEqual([]);
    expect(info).toMatchObject({ names: dataset.names, classNames: dataset.classNames });
    expect(pixels.equals(Buffer.from(inMemory(dataset).pixels))).toBe(true);
  }
});

inLongRun(() => {
  test('a drop of folders with more than the 100 entries that browsers return at a time, and of an archive', async () => {
    const png = await picture(UPRIGHT, 40, 40).png().toBuffer();
    const files = Array.from({ length: 230 }, (_, i) => [`${i}.png`, png] as const);
    await writeFiles(join(folder, 'cat'), files);
    await writeFiles(join(folder, 'dog/big'), files);
    await writeFile(join(folder, 'bird.zip'), zipSync(Object.fromEntries(files)));
    const { info, skipped, error } = await outcomeOf(
      drop(['cat', 'dog', 'bird.zip'].map((name) => join(folder, name))),
    );
    expect(error).toBeNull();
    expect(skipped).toEqual([]);
    expect(info).toMatchObject({ name: '3 files', count: 690, classNames: ['bird', 'cat', 'dog'] });
  });

  test('fifty megapixels', async () => {
    const large = await picture(UPRIGHT, 8660, 5770).jpeg({ quality: 80 }).toBuffer();
    const png = await picture().png().toBuffer();
    await writeFiles(join(folder, 'large'), [
      ['a.jpg', large],
      ['b.jpg', large],
      ...Array.from({ length: 8 }, (_, i) => [`c${i}.png`, png] as const),
    ]);
    await page.setInputFiles('#folder', join(folder, 'large'));
    const { info, skipped, pixels } = await outcomeOf(pick('folder'));
    expect(skipped).toEqual([]);
    expect(info).toMatchObject({ count: 10 });
    expect(
      worstDifference(pixels, inMemory((await loadDataset(join(folder, 'large'), SETTINGS)).dataset).pixels),
    ).toBeLessThanOrEqual(2);
  });
});

test('can be cancelled, and started again', async () => {
  const png = await picture(UPRIGHT, 1500, 1500).png().toBuffer();
  await writeFiles(
    join(folder, 'slow'),
    Array.from({ length: 60 }, (_, i) => [`${i}.png`, png] as const),
  );
  await page.setInputFiles('#folder', join(folder, 'slow'));
  expect((await outcomeOf(pick('folder', {}, 1))).error).toMatch(/timed out/);
  await expect.poll(() => page.workers().length).toBe(0);
  expect((await outcomeOf(pick('folder'))).info).toMatchObject({ count: 60 });
});

test('too few images are refused with advice', async () => {
  await writeFiles(folder, [['one.png', await picture().png().toBuffer()]]);
  await page.setInputFiles('#files', join(folder, 'one.png'));
  expect((await outcomeOf(pick('files'))).error).toMatch(/Only 1 image to train on.*two batches, 8 images/);
});

test('the samples are byte for byte those of Node', async () => {
  const samples = SAMPLE_IDS.flatMap((id) => STORAGES.map((storage) => [id, storage] as const));
  for (const [id, storage] of sampleOf(samples)) {
    const sum = await page.evaluate(
      async ([id, storage]) => {
        const { pixels } = await window.loadSampleBytes(id, storage);
        return [...new Uint8Array(await crypto.subtle.digest('SHA-256', Uint8Array.from(pixels)))];
      },
      [id, storage] as const,
    );
    const { pixels } = await readSample(id, storage);
    expect(Buffer.from(sum).toString('hex'), `${id}, ${storage.sourceSize} ${storage.imageSize}`).toBe(
      createHash('sha256').update(pixels).digest('hex'),
    );
  }
});
