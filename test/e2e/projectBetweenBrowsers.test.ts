import { readFile } from 'node:fs/promises';
import { describe, expect, inject } from 'vitest';
import { missingForFirefox, openFirefox } from '../../scripts/browsers/firefox';
import { newContext } from './harness/browser';
import { DrivenLab } from './harness/drivenLab';
import { LabPage } from './harness/labPage';
import { testIn } from './harness/test';

const test = testIn('wasm');

const QUICK = '#v=4&preset=tiny&dataset=fashion-mnist&images=1000&engine=wasm&knn.bank=40&knn.queries=20';
const STEPS = 3;
const missing = missingForFirefox();

/** The losses of the next steps, as the page shows them. */
async function losses(lab: LabPage, steps: number): Promise<number[]> {
  const found: number[] = [];
  for (let i = 0; i < steps; i++) {
    await lab.step();
    found.push(await lab.metric('loss'));
  }
  return found;
}

describe.skipIf(missing !== null)(`a project file${missing === null ? '' : ` (skipped: ${missing})`}`, () => {
  test('of Chromium is the same run in another Chromium and in Firefox, and goes on', async ({ page, browser }) => {
    const lab = await LabPage.open(page, QUICK);
    await lab.reachState('paused');
    await losses(lab, STEPS);
    await lab.button('Take along').click();
    const [download] = await Promise.all([page.waitForEvent('download'), lab.button('Save project.zip').click()]);
    const bytes = await readFile(await download.path());
    await page.keyboard.press('Escape');
    const next = await losses(lab, STEPS);

    const context = await newContext(browser);
    const other = await LabPage.open(await context.newPage(), QUICK);
    const file = { name: 'run.zip', mimeType: 'application/zip', buffer: bytes };
    await other.page.getByLabel('Image files or .zip').setInputFiles(file);
    await expect.poll(() => other.metric('step')).toBe(STEPS);
    await other.reachState('paused');
    expect(await losses(other, STEPS)).toEqual(next);
    await context.close();

    const firefox = await openFirefox();
    try {
      const there = new DrivenLab(firefox);
      await there.open(`${inject('siteUrl')}${QUICK}`);
      await there.chooseFile('run.zip', bytes);
      await there.reachStep(STEPS);
      // Firefox rounds the same sums in another order.
      for (const [i, loss] of (await there.losses(STEPS)).entries()) expect(loss).toBeCloseTo(next[i] ?? Number.NaN, 2);
    } finally {
      await firefox.close();
    }
  });
});
