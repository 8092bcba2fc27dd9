import { cpus, loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { chromium, type Page } from 'playwright-core';
import { counted } from '../../src/domain/counted';
import { serveApp } from '../bench/servedSite';
import { ensureChromium } from '../bootstrap/chromium.mjs';
import { runCommand } from '../node/runCommand';
import { UsageError } from '../node/usageError';

const USAGE = `npx tsx scripts/explore/largeFolder.ts ARCHIVE [--preset small]
Opens the page in Chromium on WASM, drops an archive of at least 10,000 images, explores them by the untrained network, and measures how long
that takes, which tasks of the page's main thread took longer than 50 ms, and the page's own time in a frame while the map forms.`;

const PATIENCE_MS = 3_600_000;

interface Timed {
  readonly start: number;
  readonly duration: number;
}

interface WatchedWindow {
  readonly longTasks: Timed[];
  readonly frames: Timed[];
}

/** Notes all tasks of the main thread that take longer than 50 ms, and what is drawn in frames. */
function watchTasks(): void {
  const watched: WatchedWindow = { longTasks: [], frames: [] };
  Object.assign(window, watched);
  new PerformanceObserver((list) => {
    for (const { startTime, duration } of list.getEntries()) watched.longTasks.push({ start: startTime, duration });
  }).observe({ type: 'longtask', buffered: true });
  const later = window.requestAnimationFrame.bind(window);
  window.requestAnimationFrame = (draw) =>
    later((now) => {
      const start = performance.now();
      draw(now);
      watched.frames.push({ start, duration: performance.now() - start });
    });
}

const now = (page: Page) => page.evaluate(() => performance.now());

/** Prints what the page did since a time, and returns the time now. */
async function stage(page: Page, name: string, from: number): Promise<number> {
  const to = await now(page);
  const { longTasks, frames } = await page.evaluate(() => {
    const { longTasks, frames } = window as unknown as WatchedWindow;
    return { longTasks, frames };
  });
  const within = (all: readonly Timed[]) =>
    all
      .filter(({ start }) => start >= from && start < to)
      .map(({ duration }) => duration)
      .sort((a, b) => a - b);
  const at = (sorted: readonly number[], share: number) =>
    (sorted[Math.floor(share * (sorted.length - 1))] ?? 0).toFixed(1);
  const [tasks, drawn] = [within(longTasks), within(frames)];
  console.log(
    `${name} in ${((to - from) / 1000).toFixed(1)} s, load of the machine ${loadavg()[0]?.toFixed(1)} on ${cpus().length} cores`,
  );
  console.log(
    `  ${counted(tasks.length, 'task')} of more than 50 ms: median ${at(tasks, 0.5)} ms, longest ${at(tasks, 1)} ms`,
  );
  console.log(
    `  the page's own time in a frame: median ${at(drawn, 0.5)} ms, 95 % below ${at(drawn, 0.95)} ms, longest ${at(drawn, 1)} ms`,
  );
  return to;
}

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
    await page.getByTestId('explore-map').waitFor();
    const mapped = await stage(page, 'embedded and compared', began);
    await page.getByText('The map forms').waitFor({ state: 'detached' });
    const formed = await stage(page, 'the map formed', mapped);
    console.log(await page.getByTestId('explore-counts').textContent());
    await page.getByText('up to date').waitFor();
    await stage(page, 'near duplicates', formed);
  } finally {
    await browser.close();
    await site.close();
  }
}

await runCommand(main, USAGE);
