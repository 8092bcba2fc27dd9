/**
 * `npm run bench:browsers -- [--browsers chromium,firefox,webkit] [--full] [--json FILE]`: the processor's part of the benchmark page, built
 * and served as in production, in several browsers one after the other. A browser that is not installed is named and left out.
 */
import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { cpuTables } from '../../src/bench/cpu/tables';
import type { BenchReport } from '../../src/domain/benchmark';
import { openChromium } from '../browsers/chromium';
import { type DrivenBrowser, until } from '../browsers/drivenBrowser';
import { openFirefox } from '../browsers/firefox';
import { openWebKit } from '../browsers/webKit';
import { printTable } from './printTable';
import { serveApp } from './servedSite';

const BROWSERS: Readonly<Record<string, () => Promise<DrivenBrowser>>> = {
  chromium: openChromium,
  firefox: openFirefox,
  webkit: openWebKit,
};
const LOAD_MS = 60_000;
const PATIENCE_MS = 30 * 60_000;

/** Chooses the processor's part and starts the run; false while the page is not drawn yet. */
const START = (button: string) => `
  const run = [...document.querySelectorAll('button')].find((button) => button.textContent === '${button}');
  if (run === undefined) return false;
  for (const box of document.querySelectorAll('input[type=checkbox]')) {
    if (box.checked !== (box.value === 'cpu')) box.click();
  }
  setTimeout(() => run.click(), 200);
  return true;`;

const STATE = `
  const state = document.querySelector('[data-testid=bench-state]');
  return [state.dataset.state, document.querySelector('[role=alert]')?.textContent ?? ''];`;

/** Keeps the text of the file that the button saves. */
const SAVE = `
  const create = URL.createObjectURL;
  URL.createObjectURL = (blob) => {
    blob.text().then((text) => { window.savedReport = text; });
    return create.call(URL, blob);
  };
  [...document.querySelectorAll('button')].find((button) => button.textContent === 'Download JSON').click();`;

async function reportOf(browser: DrivenBrowser, url: string, full: boolean): Promise<BenchReport> {
  await browser.open(url);
  const start = START(full ? 'Full run' : 'Quick run');
  await until('the benchmark page', LOAD_MS, async () => ((await browser.run(start)) === true ? true : null));
  await until('the benchmark', PATIENCE_MS, async () => {
    const [state, problem] = (await browser.run(STATE)) as [string, string];
    if (state === 'failed') throw new Error(problem);
    return state === 'done' ? true : null;
  });
  await browser.run(SAVE);
  const text = await until('the report', LOAD_MS, () => browser.run('return window.savedReport ?? null;'));
  return JSON.parse(String(text));
}

const { values: options } = parseArgs({
  options: {
    browsers: { type: 'string', default: Object.keys(BROWSERS).join(',') },
    full: { type: 'boolean', default: false },
    json: { type: 'string' },
  },
});
const wanted = options.browsers.split(',').map((name) => {
  const open = BROWSERS[name];
  if (open === undefined) throw new Error(`--browsers ${name}: choose among ${Object.keys(BROWSERS).join(', ')}.`);
  return { name, open };
});
const site = await serveApp();
const reports: Record<string, BenchReport> = {};
try {
  for (const { name, open } of wanted) {
    let browser: DrivenBrowser;
    try {
      browser = await open();
    } catch (error) {
      console.log(`\n${name} left out: ${error instanceof Error ? error.message : error}`);
      continue;
    }
    try {
      console.log(`\n${browser.name}`);
      const report = await reportOf(browser, new URL('bench.html', site.url).href, options.full);
      reports[browser.name] = report;
      console.log(report.adapter);
      for (const table of cpuTables(report.cpu)) if (table.rows.length > 0) printTable(table);
      for (const note of report.notes) console.log(note);
    } finally {
      await browser.close();
    }
  }
} finally {
  await site.close();
}
if (options.json !== undefined) await writeFile(options.json, `${JSON.stringify(reports, null, 2)}\n`);
