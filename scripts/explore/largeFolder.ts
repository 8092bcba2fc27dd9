import { parseArgs } from 'node:util';
import { chromium, type Page } from 'playwright-core';
import { serveApp } from '../bench/servedSite';
import { ensureChromium } from '../bootstrap/chromium.mjs';
import { runCommand } from '../node/runCommand';
import { UsageError } from '../node/usageError';

const USAGE = `npx tsx scripts/explore/largeFolder.ts ARCHIVE [--preset small]
Opens the page in Chromium on WASM, drops an archive of images, explores them by the untrained network, and measures how long that takes, and
which tasks of the page's main thread took longer than 50 ms.`;

const PATIENCE_MS = 3_600_000;

interface WatchedWindow {
  readonly longTasks: { readonly start: number; readonly duration: number }[];
}

/** Notes all tasks of the main thread that take longer than 50 ms. */
function watchTasks(): void {
  const longTasks: { start: number; duration: number }[] = [];
  Object.assign(window, { longTasks });
  new PerformanceObserver((list) => {
    for (const { startTime, duration } of list.getEntries()) longTasks.push({ start: startTime, duration });
  }).observe({ type: 'longtask', buffered: true });
}

const now = (page: Page) => page.evaluate(() => performance.now());

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { preset: { type: 'string', default: 'small' } },
  });
  const [archive] = positionals;
  if (archive === undefined) throw new UsageError('Name an archive of images.');
  const executablePath = await ensureChromium();
  if (executablePath === null) throw new Error('There is no Chromium to measure in: set CHROME_PATH to one.');
  const site = await serveApp();
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
  try {
    const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
    page.setDefaultTimeout(PATIENCE_MS);
    await page.addInitScript(watchTasks);
    await page.goto(`${site.url}#v=4&engine=wasm&preset=${values.preset}`);
    await page.getByLabel('Image files or .zip').setInputFiles(archive);
    await page.waitForFunction(() =>
      /[1-9]\d,\d{3}/.test(document.querySelector('[data-testid="dataset-size"]')?.textContent ?? ''),
    );
    console.log('images:', await page.getByTestId('dataset-size').textContent());
    await page.getByRole('navigation', { name: 'Places' }).getByRole('link', { name: 'Explore' }).click();
    await page.getByRole('button', { name: /^Explore \d/ }).click();
    const began = await now(page);
    await page.locator('canvas').first().waitFor();
    const mapped = await now(page);
    await page.getByText('up to date').waitFor();
    const ended = await now(page);
    const tasks = await page.evaluate(() => (window as unknown as WatchedWindow).longTasks);
    const seconds = (ms: number) => `${(ms / 1000).toFixed(1)} s`;
    console.log(`embedded and compared in ${seconds(mapped - began)}, arranged in ${seconds(ended - mapped)}`);
    for (const { start, duration } of tasks.filter((task) => task.start >= began)) {
      console.log(`  a task of ${duration.toFixed(0)} ms, ${seconds(start - began)} after the beginning`);
    }
  } finally {
    await browser.close();
    await site.close();
  }
}

await runCommand(main, USAGE);
