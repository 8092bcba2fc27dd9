import { chromium, type Page } from 'playwright-core';
import type { BenchTable } from '../../src/domain/benchmark';
import { type SlowHost, serveSlowly } from './slowHost';

/** 9 Mbit/s, the “fast 4G” of Chromium's tools. */
export const BITS_PER_SECOND = 9e6;

/** No WebGPU and no WebGL, in workers too: the page trains on WASM. */
const WITHOUT_GPU = ['--disable-3d-apis', '--disable-software-rasterizer'];
const PATIENCE_MS = 120_000;

/** What may be needed at most: a page that asks for more is too slow to open. */
export const OPENING_LIMITS = { bytes: 1.6e6, codeBytes: 0.9e6, pressableMs: 3000, firstLossMs: 6000 } as const;

/** One opening of the page with an empty cache; times are those since the address was opened. */
export interface Opening {
  /** Bytes sent until the first loss was shown, compressed, with headers. */
  readonly bytes: number;
  /** Those of scripts, styles, WebAssembly and the page itself. */
  readonly codeBytes: number;
  /** Those of the sample’s other part, which is asked for with the first step and may have begun to come. */
  readonly restBytes: number;
  /** Milliseconds until the button Train could be pressed. */
  readonly pressableMs: number;
  /** Milliseconds until the first loss was shown, with Train pressed as soon as it could be. */
  readonly firstLossMs: number;
}

/** Where the page notes when something was seen first, in milliseconds. */
interface NotingWindow {
  readonly opening: { readonly pressable?: number; readonly firstLoss?: number };
}

/** Presses Train as soon as it can be pressed, and notes when that was and when the first loss is shown. */
function pressAtOnce(): void {
  const noted: { pressable?: number; firstLoss?: number } = {};
  Object.assign(window, { opening: noted });
  const watch = setInterval(() => {
    if (noted.pressable === undefined) {
      const train = [...document.querySelectorAll('button')].find((button) => button.textContent.trim() === 'Train');
      if (train === undefined || train.disabled) return;
      noted.pressable = performance.now();
      train.click();
    }
    const loss = document.querySelector('[data-testid="metric-loss"]')?.textContent ?? '';
    if (!/\d/.test(loss)) return;
    noted.firstLoss = performance.now();
    clearInterval(watch);
  }, 10);
}

/** Opens the site on a blank page that has never seen it, presses Train at once, and waits for the first loss. */
export async function openOn(page: Page, host: SlowHost): Promise<Opening> {
  await page.addInitScript(pressAtOnce);
  await page.goto(host.url, { waitUntil: 'commit' });
  const isShown = () => (window as unknown as NotingWindow).opening.firstLoss !== undefined;
  await page.waitForFunction(isShown, null, { timeout: PATIENCE_MS, polling: 20 });
  const sent = {
    bytes: host.bytes(),
    codeBytes: host.bytesOf('.html', '.js', '.css', '.wasm'),
    restBytes: host.bytesOf('.2.png'),
  };
  const { pressable, firstLoss } = await page.evaluate(() => (window as unknown as NotingWindow).opening);
  return { ...sent, pressableMs: pressable ?? Number.NaN, firstLossMs: firstLoss ?? Number.NaN };
}

/** Opens the site in a new browser without a GPU. */
export async function openOnce(folder: string, executablePath: string): Promise<Opening> {
  const host = await serveSlowly(folder, BITS_PER_SECOND / 8);
  const args = [...(process.getuid?.() === 0 ? ['--no-sandbox'] : []), '--no-first-run', ...WITHOUT_GPU];
  const browser = await chromium.launch({ executablePath, args });
  try {
    return await openOn(await browser.newPage({ viewport: { width: 1440, height: 900 } }), host);
  } finally {
    await browser.close();
    await host.close();
  }
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return (sorted[(sorted.length - 1) >> 1] + sorted[sorted.length >> 1]) / 2;
}

/** The median of each number. */
export function medianOpening(openings: readonly Opening[]): Opening {
  const of = (name: keyof Opening) => median(openings.map((opening) => opening[name]));
  return {
    bytes: of('bytes'),
    codeBytes: of('codeBytes'),
    restBytes: of('restBytes'),
    pressableMs: of('pressableMs'),
    firstLossMs: of('firstLossMs'),
  };
}

const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(2)} MB`;
const seconds = (milliseconds: number) => `${(milliseconds / 1000).toFixed(1)} s`;

export function openingTable(openings: readonly Opening[]): BenchTable {
  const row = (name: string, { bytes, codeBytes, pressableMs, firstLossMs }: Omit<Opening, 'restBytes'>) => [
    name,
    megabytes(bytes),
    megabytes(codeBytes),
    seconds(pressableMs),
    seconds(firstLossMs),
  ];
  return {
    title: 'Opening the page',
    note: `An empty cache, no GPU, ${BITS_PER_SECOND / 1e6} Mbit/s, gzip; Train is pressed as soon as it can be.`,
    columns: ['opening', 'bytes to the first loss', 'code', 'Train can be pressed', 'first loss'],
    rows: [
      ...openings.map((opening, i) => row(String(i + 1), opening)),
      row('median', medianOpening(openings)),
      row('at most', OPENING_LIMITS),
    ],
  };
}
