import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { CURRENT_VERSION } from '../../src/domain/versions/registry';
import { inLongRun, LONG } from '../setup/matrix';
import { keptStep, ProfileBrowser } from './harness/keptRuns';
import type { LabPage } from './harness/labPage';
import { limitStorage } from './harness/limitStorage';

/** Small batches and few measurements: what is kept matters here, not what is learnt. */
const QUICK = `v=${CURRENT_VERSION}&preset=tiny&dataset=fashion-mnist&images=1000&knn.bank=40&knn.queries=20&engine=wasm`;
const ENDLESS = `#${QUICK}&totalSteps=100000&schedule=constant`;

let root = '';
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'runs-'));
});
afterAll(() => rmSync(root, { recursive: true }));

let browser: ProfileBrowser;
let profiles = 0;
beforeEach(async () => {
  profiles += 1;
  browser = await ProfileBrowser.open(join(root, `profile ${profiles}`));
});
afterEach(() => browser.close());

const isTraining = (lab: LabPage) => lab.reachState('training');

test('a run goes on at the same step to the same numbers after the page is opened again', async () => {
  const lab = await browser.lab(`#${QUICK}&seed=7`);
  for (let step = 0; step < 3; step++) await lab.step();
  await expect.poll(() => keptStep(lab.page)).toBe(3);
  await browser.close();

  await browser.reopen();
  const again = await browser.lab();
  expect(await again.metric('step')).toBe(3);
  expect(await again.status.innerText()).toContain('This is your last run');
  await again.step();
  const resumed = await again.metric('loss');
  await again.button('Reset').click();
  await again.reachState('paused');
  for (let step = 0; step < 4; step++) await again.step();
  expect(await again.metric('loss')).toBe(resumed);
});

test('a second tab starts a run of its own, and a link to other settings opens these', async () => {
  const lab = await browser.lab(`#${QUICK}&seed=8`);
  await lab.step();
  await expect.poll(() => keptStep(lab.page)).toBe(1);
  const second = await browser.lab();
  expect(await second.metric('step')).toBe(0);
  await second.page.getByText('is open in another tab. This tab starts a run of its own.').waitFor();
  await second.page.close();
  await lab.page.close();
  const linked = await browser.lab(`#${QUICK}&seed=9`);
  expect(await linked.metric('step')).toBe(0);
});

test('a run that collapses is taken back to the step before, and a finished one gets more steps', async () => {
  const lab = await browser.lab(`#${QUICK}&outputDim=64&totalSteps=100000&schedule=constant`);
  await lab.button('Train').click();
  await lab.reachStep(60);
  await lab.stopGradient.click({ force: true });
  const back = lab.page.getByRole('button', { name: /^Back to step / });
  await back.waitFor();
  const step = Number((await back.innerText()).replace(/\D/g, ''));
  await back.click();
  await lab.reachState('paused');
  expect(await lab.metric('step')).toBe(step);
  expect(await lab.stopGradient.isChecked()).toBe(true);
  await lab.goTo('Compare');
  await lab.region('Runs').getByText(`from step ${step} of`).waitFor();

  const short = await browser.lab(`#${QUICK}&totalSteps=5`);
  await short.button('Train').click();
  await short.reachState('finished');
  await short.button('500 more steps').click();
  await short.reachStep(8);
  await expect.poll(() => short.hash().get('changes')).toBe('[[5,"totalSteps",505]]');
});

inLongRun(() => {
  test('where the browser gives no more space, this is said, training goes on, and what was kept stays', async () => {
    const lab = await browser.lab(ENDLESS);
    await lab.step();
    await expect.poll(() => keptStep(lab.page)).toBe(1);
    const limit = await limitStorage(lab.page, 20_000);
    await lab.button('Train').click();
    await lab.page.getByText('The browser gives this page no more space').waitFor();
    // Chromium may enforce a new limit only after some writes.
    const kept = await keptStep(lab.page);
    expect(kept).toBeGreaterThan(0);
    await lab.reachStep((await lab.metric('step')) + 600);
    expect(await keptStep(lab.page)).toBe(kept);
    await limit.detach();
    await lab.button('Pause').click();
    await lab.reachState('paused');
    await expect.poll(() => keptStep(lab.page)).toBe(await lab.metric('step'));
  });
});

test('a browser that is killed at any moment has the run again', async () => {
  const times = LONG ? 20 : 1;
  let lab = await browser.lab(ENDLESS);
  for (let time = 0; time < times; time++) {
    await lab.button('Train').click();
    await isTraining(lab);
    const before = await keptStep(lab.page);
    await expect.poll(() => lab.metric('step')).toBeGreaterThan(before + 20);
    await expect.poll(() => keptStep(lab.page)).toBeGreaterThan(before);
    // Moments that have nothing to do with the writes.
    await lab.page.waitForTimeout((time * 377) % 1500);
    const [reached, kept] = [await lab.metric('step'), await keptStep(lab.page)];
    await browser.kill();
    await browser.reopen();
    lab = await browser.lab();
    const step = await lab.metric('step');
    expect(step).toBeGreaterThanOrEqual(kept);
    expect(step).toBeLessThanOrEqual(reached + 500);
    expect(await lab.status.getAttribute('data-state')).toBe('paused');
  }
});
