import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { zipSync } from 'fflate';
import type { Page } from 'playwright-core';
import sharp from 'sharp';
import { describe, expect, inject } from 'vitest';
import { browserMemory } from '../../scripts/bench/processMemory';
import { seededRandom } from '../../src/engine/random';
import { LabPage } from './harness/labPage';
import { testIn } from './harness/test';

const test = testIn('wasm');

const SIDE = 128;
const ARCHIVES = 2;
/** Archives of the usual form hold fewer than 65,536 files. */
const PER_ARCHIVE = 50_000;
/** Each is varied to 100 pictures. */
const DRAWN = 1000;
const MOST_BYTES = 700e6;
/** Of the page's process: also what the browser itself takes for a page, some 110 MB, and memory that it has not yet collected. */
const MOST_RESIDENT_BYTES = 800e6;

/** A JPEG of coloured shapes and noise. */
function drawing(index: number): Promise<Buffer> {
  const random = seededRandom(index, 'drawing');
  const [x, y, radius] = [random.integer(20, 108), random.integer(20, 108), random.integer(10, 60)];
  const colours = Array.from({ length: 6 }, () => random.integer(0, 200));
  const pixels = Buffer.alloc(3 * SIDE * SIDE);
  for (let i = 0; i < SIDE * SIDE; i++) {
    const isInside = Math.hypot((i % SIDE) - x, Math.floor(i / SIDE) - y) < radius;
    const noise = random.integer(0, 55);
    for (let c = 0; c < 3; c++) pixels[3 * i + c] = (colours[isInside ? c : c + 3] ?? 0) + noise;
  }
  return sharp(pixels, { raw: { width: SIDE, height: SIDE, channels: 3 } })
    .jpeg({ quality: 60 })
    .toBuffer();
}

/** The same JPEG with other quantisation steps, which decodes to other pixels. */
function variant(jpeg: Uint8Array, number: number): Uint8Array {
  const copy = Uint8Array.from(jpeg);
  const table = copy.findIndex((byte, i) => byte === 0xff && copy[i + 1] === 0xdb);
  for (const [place, value] of [number % 10, Math.floor(number / 10)].entries()) {
    const at = table + 5 + 1 + place;
    copy[at] = (copy[at] ?? 0) + value;
  }
  return copy;
}

async function writeArchives(folder: string): Promise<string[]> {
  const drawings: Buffer[] = [];
  for (let i = 0; i < DRAWN; i++) drawings.push(await drawing(i));
  const files: string[] = [];
  for (let archive = 0; archive < ARCHIVES; archive++) {
    const entries = Array.from({ length: PER_ARCHIVE }, (_, k) => {
      const i = archive * PER_ARCHIVE + k;
      return [`class ${i % 10}/${i}.jpg`, variant(drawings[i % DRAWN] as Buffer, Math.floor(i / DRAWN))] as const;
    });
    const file = join(folder, `part ${archive}.zip`);
    await writeFile(file, zipSync(Object.fromEntries(entries), { level: 0 }));
    files.push(file);
  }
  return files;
}

/** The most bytes that the renderer process of the page, which runs its workers too, took between two calls. Chromium's own are not counted. */
function watchMemory(): { peak(): number; end(): void } {
  let most = 0;
  const timer = setInterval(async () => {
    most = Math.max(most, (await browserMemory()).largest);
  }, 250);
  return {
    peak: () => {
      const before = most;
      most = 0;
      return before;
    },
    end: () => clearInterval(timer),
  };
}

/** What the page and its workers hold, WASM and array buffers included, as the browser counts it after it has collected garbage. */
function heldBytes(page: Page): Promise<number> {
  return page.evaluate(async () => {
    type Measured = { measureUserAgentSpecificMemory(): Promise<{ bytes: number }> };
    return (await (performance as unknown as Measured).measureUserAgentSpecificMemory()).bytes;
  });
}

async function load(page: Page, files: string[]): Promise<LabPage> {
  await page.goto(`${inject('siteUrl')}#v=4&preset=tiny&dataset=folder&sourceSize=${SIDE}`);
  // Browsers count the memory of isolated pages only, which this one is from its second opening on.
  await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
  await page.reload();
  expect(await page.evaluate(() => crossOriginIsolated)).toBe(true);
  const lab = new LabPage(page);
  await expect.poll(() => lab.status.innerText()).toContain('Choose a folder of images');
  await page.locator('input[type="file"]:not([webkitdirectory])').first().setInputFiles(files);
  await page.getByTestId('dataset-size').waitFor({ timeout: 15 * 60_000 });
  await lab.ready();
  return lab;
}

describe('a data set larger than memory', () => {
  test('100,000 pictures at 128 pixels load and train with less than 700 MB for the page', async ({ page }) => {
    const folder = await mkdtemp(join(tmpdir(), 'large-'));
    const memory = watchMemory();
    try {
      const files = await writeArchives(folder);
      memory.peak();
      const started = performance.now();
      const lab = await load(page, files);
      const seconds = (performance.now() - started) / 1000;
      const loading = { resident: memory.peak(), held: await heldBytes(page), seconds };
      expect(await lab.size()).toBe(ARCHIVES * PER_ARCHIVE);
      await lab.button('Train').click();
      await lab.reachStep(150);
      const halfway = await heldBytes(page);
      await lab.reachStep(300);
      const text = await page.getByTestId('dataset-compressed').innerText();
      expect(text).toMatch(/up to 101 MB of memory, \d+ MB now/);
      const held = Math.max(halfway, await heldBytes(page));
      const training = { resident: memory.peak(), held, imagesPerSecond: await lab.metric('images-per-second') };
      console.log(JSON.stringify({ files: files.map((file) => basename(file)), loading, training }));
      expect(Math.max(loading.held, training.held)).toBeLessThan(MOST_BYTES);
      // Without /proc this is 0.
      expect(Math.max(loading.resident, training.resident)).toBeLessThan(MOST_RESIDENT_BYTES);
    } finally {
      memory.end();
      await rm(folder, { recursive: true });
    }
  });
});
