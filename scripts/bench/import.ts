/**
 * How fast images are imported in a real browser, and whether the page stays responsive meanwhile:
 * `npx tsx scripts/bench/import.ts FOLDER|ZIP [--source square|32|...|256] [--drop] [--json FILE]`.
 * The page is built with the app's configuration, and the files are chosen by a file input, or dropped on the page with `--drop`. Peak
 * memory is read from /proc (Linux).
 */
import { stat, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { chromium, type Page } from 'playwright-core';
import { SOURCE_SIZES } from '../../src/domain/imageDataset';
import { ensureChromium } from '../bootstrap/chromium.mjs';
import { browserMemory } from './processMemory';
import { serveImportPage } from './servedSite';

const SAMPLE_EVERY_MS = 250;

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    source: { type: 'string', default: '64' },
    drop: { type: 'boolean', default: false },
    json: { type: 'string' },
  },
});
const [location] = positionals;
const sourceSize = SOURCE_SIZES.find((size) => String(size) === values.source);
if (sourceSize === undefined) throw new Error(`--source takes one of ${SOURCE_SIZES.join(', ')}.`);
if (location === undefined) throw new Error('Name a folder or a .zip archive of images.');
const path = resolve(location);
const inputId = (await stat(path)).isDirectory() ? 'folder' : 'files';

/** Drops a file or a folder on the page as a file manager does. */
async function dropPaths(page: Page, dropped: string): Promise<void> {
  const session = await page.context().newCDPSession(page);
  const data = { items: [], files: [dropped], dragOperationsMask: 1 };
  for (const type of ['dragEnter', 'dragOver', 'drop'] as const) {
    await session.send('Input.dispatchDragEvent', { type, x: 100, y: 100, data });
  }
  await session.detach();
}

const executablePath = await ensureChromium();
if (executablePath === null) throw new Error('There is no Chromium to measure in.');
const site = await serveImportPage();
const browser = await chromium.launch({
  executablePath,
  args: [
    ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
    '--disable-background-networking',
    '--disable-component-update',
    '--no-first-run',
  ],
});
try {
  const page = await browser.newPage();
  await page.goto(site.url);
  if (!values.drop) await page.setInputFiles(`#${inputId}`, path);
  const before = await browserMemory();
  const peak = { ...before };
  const sampling = setInterval(async () => {
    const now = await browserMemory();
    peak.renderers = Math.max(peak.renderers, now.renderers);
    peak.all = Math.max(peak.all, now.all);
  }, SAMPLE_EVERY_MS);
  const measuring = page.evaluate(
    async ([input, source]) => {
      const settings = {
        imageSize: 32,
        sourceSize: source,
        seed: 1,
        holdOut: 'pictures',
        labelRule: 'found',
        batchSize: 64,
      } as const;
      const report = input === null ? window.importDropped(settings) : window.importPicked(input, settings);
      const { result, error, seconds, progress, longTasks } = await report;
      if (result === null) throw new Error(error ?? 'no result');
      const { dataset } = result;
      const { count, classNames } = dataset;
      return {
        count,
        // 0 where they are kept compressed.
        decodedBytes: 'reader' in dataset ? 0 : dataset.pixels.byteLength,
        classes: classNames.length,
        skipped: result.skipped.length,
        decodedWhileListing: progress.findLast(({ phase }) => phase === 'listing')?.done ?? 0,
        seconds,
        longTasks,
      };
    },
    [values.drop ? null : inputId, sourceSize] as const,
  );
  if (values.drop) {
    // The page must listen before the drop.
    await page.evaluate(() => undefined);
    await dropPaths(page, path);
  }
  const measured = await measuring;
  clearInterval(sampling);
  const { longTasks, ...facts } = measured;
  const record = {
    browser: browser.version(),
    cores: availableParallelism(),
    ...facts,
    imagesPerSecond: facts.count / facts.seconds,
    longestMainThreadTaskMs: longTasks.length === 0 ? null : Math.max(...longTasks),
    tasksOver50Ms: longTasks.length,
    rendererMegabytes: { before: before.renderers / 1e6, peak: peak.renderers / 1e6 },
    browserMegabytes: { before: before.all / 1e6, peak: peak.all / 1e6 },
  };
  console.log(JSON.stringify(record, null, 2));
  if (record.longestMainThreadTaskMs === null)
    console.log('No main-thread task reached 50 ms, the least that browsers report.');
  if (values.json !== undefined) await writeFile(values.json, `${JSON.stringify(record, null, 2)}\n`);
} finally {
  await browser.close();
  await site.close();
}
