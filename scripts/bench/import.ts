/**
 * How fast images are imported in a real browser, and whether the page stays responsive meanwhile:
 * `npx tsx scripts/bench/import.ts FOLDER|ZIP [--size 32|64] [--json FILE]`.
 * The page is built with the app's configuration, and the files are chosen by a file input. Peak memory is read from /proc (Linux).
 */
import { stat, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { chromium } from 'playwright-core';
import { ensureChromium } from '../bootstrap/chromium.mjs';
import { browserMemory } from './processMemory';
import { serveImportPage } from './servedSite';

const SAMPLE_EVERY_MS = 250;

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { size: { type: 'string', default: '32' }, json: { type: 'string' } },
});
const [location] = positionals;
const size = values.size === '64' ? 64 : 32;
if (location === undefined) throw new Error('Name a folder or a .zip archive of images.');
const path = resolve(location);
const inputId = (await stat(path)).isDirectory() ? 'folder' : 'files';

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
  await page.setInputFiles(`#${inputId}`, path);
  const before = await browserMemory();
  const peak = { ...before };
  const sampling = setInterval(async () => {
    const now = await browserMemory();
    peak.renderers = Math.max(peak.renderers, now.renderers);
    peak.all = Math.max(peak.all, now.all);
  }, SAMPLE_EVERY_MS);
  const measured = await page.evaluate(
    async ([input, side]) => {
      const { result, error, seconds, longTasks } = await window.importPicked(input, {
        size: side,
        seed: 1,
        holdOut: 'pictures',
        labelRule: 'found',
        batchSize: 64,
      });
      if (result === null) throw new Error(error ?? 'no result');
      const { count, pixels, classNames } = result.dataset;
      return {
        count,
        bytes: pixels.byteLength,
        classes: classNames.length,
        skipped: result.skipped.length,
        seconds,
        longTasks,
      };
    },
    [inputId, size] as const,
  );
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
