import { readFile } from 'node:fs/promises';
import type { Locator, Page } from 'playwright-core';
import { describe, expect } from 'vitest';
import { firstScreen } from './harness/firstScreen';
import { LabPage } from './harness/labPage';
import { watchLayoutShifts } from './harness/layoutShifts';
import { testIn } from './harness/test';

const test = testIn('wasm');
const SIZES = [
  { width: 1440, height: 900 },
  { width: 1280, height: 720 },
  { width: 390, height: 844 },
];
/** Three output dimensions as at a first visit, with few measurements. */
const TINY = '#v=4&preset=tiny&dataset=fashion-mnist&engine=wasm&outputDim=3&knn.bank=40&knn.queries=20';

const pictures = (page: Page) => page.getByTestId('outputs-picture');

/** What must be seen without scrolling. */
function mustBeSeen(lab: LabPage): Record<string, Locator> {
  const { page } = lab;
  return {
    switch: lab.stopGradient,
    picture: pictures(page),
    loss: lab.region('Loss'),
    'loss now': page.getByTestId('metric-loss'),
    std: lab.region('Output std'),
    'std now': page.getByTestId('metric-output-std'),
    train: lab.button('Train').or(lab.button('Pause')),
  };
}

/** What is not wholly within the first screen, or lies under something else, at each of the sizes. */
async function outOfSight(lab: LabPage): Promise<string[]> {
  const { page } = lab;
  const found: string[] = [];
  for (const size of SIZES) {
    await page.setViewportSize(size);
    await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))));
    for (const [name, locator] of Object.entries(mustBeSeen(lab))) {
      const box = await locator.boundingBox();
      const where = `${name} at ${size.width} x ${size.height}`;
      if (box === null || box.height === 0) found.push(`${where}: not there`);
      else if (box.y < 0 || box.y + box.height > size.height || box.x < 0 || box.x + box.width > size.width) {
        found.push(`${where}: ${JSON.stringify(box)}`);
      } else if (await locator.evaluate(isCovered)) found.push(`${where}: covered`);
    }
  }
  return found;
}

/** Whether something else is drawn over the middle of an element. */
function isCovered(element: Element): boolean {
  const shown = (element instanceof HTMLInputElement ? element.labels?.[0] : null) ?? element;
  const { left, top, width, height } = shown.getBoundingClientRect();
  const over = document.elementFromPoint(left + width / 2, top + height / 2);
  return over === null || !(shown.contains(over) || over.contains(shown) || over.closest('label') === shown);
}

describe('the first screen', () => {
  test('holds the switch, the picture and the numbers, few words and inputs, and nothing moves', async ({ page }) => {
    await page.setViewportSize({ width: 1440, height: 900 });
    const shifts = await watchLayoutShifts(page);
    const lab = await LabPage.open(page);
    await expect.poll(() => lab.status.getAttribute('data-state')).toBe('ready');
    await pictures(page).waitFor();
    const { words, inputs } = await firstScreen(page);
    expect(words.length, words.join(' ')).toBeLessThan(150);
    expect(inputs.length, inputs.join(', ')).toBeLessThanOrEqual(10);

    await lab.button('Train').click();
    await lab.reachStep(3);
    const { total, afterInput, worst } = await shifts();
    const during = await outOfSight(lab);
    await lab.button('Pause').click();
    await lab.button('Reset').click();
    await expect.poll(() => lab.metric('step')).toBe(0);
    await lab.reachState('paused');
    const before = await outOfSight(lab);
    expect(during).toEqual([]);
    expect(before).toEqual([]);
    expect(total, worst.join('\n')).toBe(0);
    expect(afterInput, worst.join('\n')).toBeLessThan(0.02);
  });
});

/** Presses Tab until the focus is in an element. */
async function tabInto(page: Page, place: Locator, most = 40): Promise<void> {
  for (let i = 0; i < most; i++) {
    await page.keyboard.press('Tab');
    if (await hasFocus(place)) return;
  }
  throw new Error(`${most} times Tab did not lead there.`);
}

const hasFocus = (place: Locator) => place.evaluate((element) => element.contains(document.activeElement));

describe('a run on the stage', () => {
  test('is led by keys, goes on in every place, collapses in the picture, and is replayed, also later', async ({
    page,
  }) => {
    const lab = await LabPage.open(page, TINY);
    await lab.reachState('paused');
    const picture = pictures(page);
    await picture.waitFor();

    await page.keyboard.press('Tab');
    expect(await hasFocus(lab.button('Train'))).toBe(true);
    const neighbours = page.getByTestId('neighbours');
    await neighbours
      .getByRole('button', { name: /make it the query/ })
      .first()
      .waitFor();
    await tabInto(page, neighbours);
    const focused = () => page.evaluate(() => document.activeElement?.getAttribute('aria-label'));
    const names = [await focused()];
    for (const key of ['ArrowRight', 'ArrowDown']) {
      await page.keyboard.press(key);
      names.push(await focused());
      expect(await hasFocus(neighbours), key).toBe(true);
    }
    expect(new Set(names).size).toBe(3);
    await page.keyboard.press('Tab');
    expect(await hasFocus(neighbours)).toBe(false);
    await tabInto(page, picture);
    const drawn = () => picture.evaluate((canvas) => (canvas as HTMLCanvasElement).toDataURL());
    const before = await drawn();
    await page.keyboard.press('ArrowLeft');
    await lab.button('Default view').waitFor();
    await expect.poll(drawn).not.toBe(before);

    await lab.button('Train').click();
    await expect.poll(() => lab.status.getAttribute('data-state')).toBe('learning');
    await lab.goTo('Compare');
    await expect.poll(() => lab.hash().get('at')).toBe('compare');
    const step = await lab.metric('step');
    await lab.reachStep(step + 2);
    await page.evaluate(() => {
      location.hash = location.hash.replace('at=compare', 'at=explore');
    });
    await page.getByRole('tab', { name: 'Neighbours' }).click();
    await lab.region('Nearest neighbours').waitFor();
    await lab.reachStep(step + 4);
    await lab.goTo('Train');

    const states = await page.evaluateHandle(() => {
      const line = document.querySelector('[data-testid="status"]') as HTMLElement;
      const seen = [line.dataset.state];
      new MutationObserver(() => seen.push(line.dataset.state)).observe(line, { attributeFilter: ['data-state'] });
      return seen;
    });
    await lab.stopGradient.click();
    await expect.poll(() => states.jsonValue()).toContain('collapsed');
    // How long the run has trained before depends on the machine: it may have oscillated.
    const ofHealthy = ['learning', 'oscillation'];
    const seen = (await states.jsonValue()).filter((state, i, all) => state !== all[i - 1]);
    expect(ofHealthy).toContain(seen[0]);
    expect(seen.filter((state) => !ofHealthy.includes(state ?? ''))).toEqual(['narrowing', 'collapsed']);
    expect(seen.at(-1)).toBe('collapsed');
    await expect
      .poll(() => picture.getAttribute('aria-label'))
      .toMatch(/^Collapsed: (95 % of )?[\d,]+ images lie within \d+° of one point; mean cosine (1\.00|0\.9\d)/);

    const slider = page.getByRole('slider', { name: 'Step shown' });
    await slider.press('Home');
    await expect.poll(() => picture.getAttribute('aria-label')).toMatch(/^Untrained: /);
    expect(await slider.getAttribute('aria-valuetext')).toBe('step 0');
    await slider.press('End');
    await expect.poll(() => picture.getAttribute('aria-label')).toMatch(/^Collapsed: /);
    expect(await slider.getAttribute('aria-valuetext')).toMatch(/, live$/);
    await lab.button('Pause').click();
    await lab.reachState('paused');
    expect((await saved(page, 'Picture, PNG')).subarray(1, 4).toString()).toBe('PNG');
    const film = await filmed(page, await saved(page, 'Film of the run, MP4'));
    expect(film.width).toBeGreaterThan(600);
    expect(film.seconds).toBeGreaterThan(2);

    await lab.goTo('Compare');
    await expect.poll(() => lab.hash().get('at')).toBe('compare');
    await page.reload();
    // The run is on the page again; another one takes its place.
    await lab.reachState('paused');
    await lab.button('Reset').click();
    await page.getByRole('button', { name: /^Actions for / }).click();
    await page.getByText('Replay its outputs').click();
    await page.getByText(/^Replay of “.*”/).waitFor();
    await expect.poll(() => picture.getAttribute('aria-label')).toMatch(/^Collapsed: /);
    await slider.press('Home');
    await expect.poll(() => picture.getAttribute('aria-label')).toMatch(/^Untrained: /);
  });
});

/** The file that an entry of the menu at the picture saves. */
async function saved(page: Page, entry: string): Promise<Buffer> {
  await page.getByRole('button', { name: 'Save the picture of the outputs' }).click();
  const download = page.waitForEvent('download');
  await page.getByRole('menuitem', { name: entry }).click();
  return readFile(await (await download).path());
}

/** Width and duration of a film as the browser plays it, in a page of its own: the lab's policy allows no film in the page. */
async function filmed(page: Page, bytes: Buffer): Promise<{ width: number; seconds: number }> {
  const player = await page.context().newPage();
  const film = await player.evaluate(
    async (address) => {
      const video = document.createElement('video');
      const loaded = new Promise((resolve, reject) => {
        video.onloadeddata = resolve;
        video.onerror = () => reject(new Error(video.error?.message));
      });
      video.src = address;
      await loaded;
      return { width: video.videoWidth, seconds: video.duration };
    },
    `data:video/mp4;base64,${bytes.toString('base64')}`,
  );
  await player.close();
  return film;
}

describe('Figure 2', () => {
  test('shows both runs side by side, and replays them on one clock', async ({ page }) => {
    // With small batches its 300 steps take seconds.
    const lab = await LabPage.open(page, `${TINY}&batchSize=8`);
    await lab.reachState('paused');
    await lab.button('Figure 2').click();
    const progress = page.getByRole('progressbar', { name: 'Figure 2: stop-gradient' });
    await progress.waitFor();
    await progress.waitFor({ state: 'detached' });
    await expect.poll(() => pictures(page).count()).toBe(2);
    const labels = () => pictures(page).evaluateAll((all) => all.map((each) => each.getAttribute('aria-label') ?? ''));
    expect(await labels()).toEqual([expect.stringMatching(/^Collapsed: /), expect.not.stringMatching(/^Collapsed: /)]);
    const last = await labels();
    await lab.button('Replay the run').click();
    await expect.poll(async () => (await labels()).map((label, i) => label !== last[i])).toEqual([true, true]);
    await lab.button('Stop the replay').click();
  });
});
