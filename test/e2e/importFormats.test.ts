import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { zipSync } from 'fflate';
import type { Browser, JSHandle, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import type { ImportReport } from '../../scripts/bench/importPage/main';
import { type ServedSite, serveImportPage } from '../../scripts/bench/servedSite';
import { loadDataset, readSample } from '../../scripts/node/loadDataset';
import { IMAGE_SIZES, SAMPLE_IDS } from '../../src/domain/imageDataset';
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
import { launchBrowser, newContext } from './harness/browser';
import { dropPaths } from './harness/drop';
import { watchForProblems } from './harness/problems';

/**
 * The import in a real browser, without the user interface, for what only a browser can decode or drop. The same files are also
 * imported under Node, and the results must agree.
 */
// The rule `pictures` compares pixels, which for AVIF differ by rounding between the page and Node.
const SETTINGS = { size: 32, seed: 1, holdOut: 'images', labelRule: 'found', batchSize: 4 } as const;

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
    const { pixels = new Uint8Array(), labels = null, split = [], ...info } = result?.dataset ?? {};
    return {
      error,
      skipped: result?.skipped ?? [],
      info,
      labels: labels && [...labels],
      split: [...split],
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
  const { pixels, labels, split, ...info } = dataset;
  await page.setInputFiles('#folder', root);
  for (const outcome of [await outcomeOf(pick('folder')), await outcomeOf(drop([root]))]) {
    expect(outcome.error).toBeNull();
    expect(outcome.skipped).toEqual(skipped);
    expect(outcome.info).toEqual(info);
    expect(outcome.labels).toEqual([...(labels ?? [])]);
    expect(outcome.split).toEqual([...split]);
    // AVIF decoders round differently; all other formats give the same bytes.
    expect(worstDifference(outcome.pixels, pixels)).toBeLessThanOrEqual(2);
    expect(outcome.done).toBe(dataset.count + skipped.length);
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
      worstDifference(pixels, (await loadDataset(join(folder, 'large'), SETTINGS)).dataset.pixels),
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
  const files = SAMPLE_IDS.flatMap((id) => IMAGE_SIZES.map((size) => [id, size] as const));
  for (const [id, size] of sampleOf(files)) {
    const sum = await page.evaluate(
      async ([id, size]) => {
        const { pixels } = await window.loadSampleBytes(id, size);
        return [...new Uint8Array(await crypto.subtle.digest('SHA-256', Uint8Array.from(pixels)))];
      },
      [id, size] as const,
    );
    const { pixels } = await readSample(id, size);
    expect(Buffer.from(sum).toString('hex'), `${id} at ${size}`).toBe(
      createHash('sha256').update(pixels).digest('hex'),
    );
  }
});
