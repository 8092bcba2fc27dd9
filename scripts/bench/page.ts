/**
 * `npm run bench:page -- [--adapter swiftshader|machine] [--full] [--only PART,...] [--json FILE] [--markdown FILE] [--screenshot FILE]`:
 * runs the benchmark page in a headless Chromium, on its software adapter or on the machine's adapter.
 *
 * `npm run bench:page -- --only start [--openings N] [--json FILE]`: opens the lab itself several times on a slow line and without a GPU, and
 * measures what is transferred and how long it takes until Train can be pressed and until the first loss.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { chromium } from 'playwright-core';
import { reportMarkdown } from '../../src/bench/markdown';
import { reportFacts, reportTables } from '../../src/bench/tables';
import type { BenchReport } from '../../src/domain/benchmark';
import { ensureChromium } from '../bootstrap/chromium.mjs';
import { medianOpening, OPENING_LIMITS, type Opening, openingTable, openOnce } from './opening';
import { printTable } from './printTable';
import { serveApp } from './servedSite';

const ADAPTER_FLAGS = {
  swiftshader: ['--enable-unsafe-webgpu', '--enable-unsafe-swiftshader', '--use-webgpu-adapter=swiftshader'],
  machine: ['--enable-unsafe-webgpu', '--enable-features=Vulkan'],
};
const PATIENCE_MS = 60 * 60 * 1000;

const { values: options } = parseArgs({
  options: {
    adapter: { type: 'string', default: 'swiftshader' },
    full: { type: 'boolean', default: false },
    only: { type: 'string' },
    json: { type: 'string' },
    markdown: { type: 'string' },
    screenshot: { type: 'string' },
    openings: { type: 'string', default: '5' },
  },
});
const { adapter } = options;
if (adapter !== 'swiftshader' && adapter !== 'machine') throw new Error('--adapter is swiftshader or machine.');
const adapterFlags = ADAPTER_FLAGS[adapter];
const executablePath = await ensureChromium();
if (executablePath === null) throw new Error('There is no Chromium to measure in: set CHROME_PATH to one.');
const site = await serveApp();

/** Opens the lab several times. */
async function measureOpenings(chromiumPath: string): Promise<void> {
  const openings: Opening[] = [];
  for (let i = 0; i < Number(options.openings); i++) openings.push(await openOnce(site.folder, chromiumPath));
  printTable(openingTable(openings));
  const report = { openings, median: medianOpening(openings), limits: OPENING_LIMITS };
  if (options.json !== undefined) await writeFile(options.json, `${JSON.stringify(report, null, 2)}\n`);
}

/** Runs the benchmark page. */
async function measurePage(chromiumPath: string): Promise<void> {
  const browser = await chromium.launch({
    executablePath: chromiumPath,
    args: [...(process.getuid?.() === 0 ? ['--no-sandbox'] : []), '--no-first-run', ...adapterFlags],
  });
  try {
    const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
    page.on('console', (message) => {
      if (message.type() === 'error') console.error(message.text());
    });
    await page.goto(new URL('bench.html', site.url).href);
    if (options.only !== undefined) {
      const parts = options.only.split(',');
      for (const box of await page.getByRole('checkbox').all()) {
        await box.setChecked(parts.includes((await box.getAttribute('value')) ?? ''));
      }
    }
    await page.getByRole('button', { name: options.full ? 'Full run' : 'Quick run' }).click();
    const state = page.getByTestId('bench-state');
    let said = '';
    const saying = setInterval(async () => {
      const text = (await state.textContent().catch(() => null)) ?? '';
      if (text !== said) console.log(text);
      said = text;
    }, 500);
    await page.locator('[data-testid="bench-state"]:not([data-state="running"])').waitFor({ timeout: PATIENCE_MS });
    clearInterval(saying);
    if (options.screenshot !== undefined) await page.screenshot({ path: options.screenshot, fullPage: true });
    if ((await state.getAttribute('data-state')) !== 'done') {
      throw new Error((await page.getByRole('alert').textContent()) ?? 'The benchmark failed.');
    }
    const saved = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Download JSON' }).click();
    const file = await (await saved).path();
    const report: BenchReport = JSON.parse(await readFile(file, 'utf8'));
    for (const [name, value] of reportFacts(report)) console.log(`${name}: ${value}`);
    for (const table of reportTables(report)) printTable(table);
    for (const note of report.notes) console.log(note);
    if (options.json !== undefined) await writeFile(options.json, `${JSON.stringify(report, null, 2)}\n`);
    if (options.markdown !== undefined) await writeFile(options.markdown, reportMarkdown(report));
  } finally {
    await browser.close();
  }
}

try {
  await (options.only === 'start' ? measureOpenings(executablePath) : measurePage(executablePath));
} finally {
  await site.close();
}
