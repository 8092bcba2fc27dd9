import { describe, expect } from 'vitest';
import { LabPage } from './harness/labPage';
import { mainThreadTasks, referenceTask } from './harness/mainThread';
import { test } from './harness/test';

const TINY = '#v=4&preset=tiny&dataset=fashion-mnist&knn.bank=40&knn.queries=20';
const CHARTS_WITH_STEPS = ['Loss', 'Output std', 'Learning rate'] as const;

describe('training on the preselected sample', () => {
  test('ten steps on WebGPU: numbers, curves and neighbours, and no task on the main thread longer than one of 50 ms', async ({
    page,
    browser,
  }) => {
    const lab = await LabPage.open(page, `${TINY}&engine=webgpu`);
    await lab.reachState('paused');
    const { tasks, references } = await mainThreadTasks(browser, page, async () => {
      await lab.button('Train').click();
      await lab.reachState('training');
      for (const step of [2, 4, 6, 8, 10]) {
        await lab.reachStep(step);
        await referenceTask(page);
      }
    });
    expect(await page.getByTestId('adapter').innerText()).toMatch(/webgpu/i);
    const loss = await lab.metric('loss');
    expect(loss).toBeGreaterThanOrEqual(-1);
    expect(loss).toBeLessThanOrEqual(1);
    expect(await lab.metric('output-std')).toBeGreaterThan(0);
    expect(await lab.metric('collapse')).toBeLessThan(1);
    expect(await lab.metric('images-per-second')).toBeGreaterThan(0);
    expect(await lab.metric('effective-rank')).toBeGreaterThan(1);
    for (const chart of CHARTS_WITH_STEPS) {
      await expect.poll(() => lab.pointsOf(chart), { message: chart }).toBeGreaterThanOrEqual(10);
    }
    const gallery = page.getByTestId('neighbours');
    expect(await gallery.getAttribute('data-step')).toBe('0');
    const first = gallery.getByRole('button', { name: /similarity −?[01]\.\d\d: make it the query/ }).first();
    const neighbour = await first.getAttribute('title');
    await first.click();
    await gallery
      .getByRole('img', { name: neighbour ?? '' })
      .first()
      .waitFor();
    expect(tasks.length).toBeGreaterThan(10);
    const [longest] = references;
    expect(longest?.cpuMs).toBeGreaterThan(0);
    expect(tasks.filter(({ cpuMs }) => cpuMs > (longest?.cpuMs ?? 0))).toEqual([]);
  });

  test('pause, step, reset, and stop-gradient in flight', async ({ page }) => {
    const lab = await LabPage.open(page, `${TINY}&engine=wasm`);
    // Pressed before the run is built.
    await lab.button('Train').click();
    await lab.reachStep(1);
    await lab.button('Pause').click();
    await lab.reachState('paused');
    const paused = await lab.metric('step');
    // Exactly one update by the button.
    await lab.step();
    expect(await lab.metric('step')).toBe(paused + 1);
    // The run stands still: all images are searched.
    const gallery = page.getByTestId('neighbours');
    await expect.poll(() => gallery.getAttribute('data-searched')).toBe('12000');
    expect(await gallery.getAttribute('data-step')).toBe(String(paused + 1));

    await lab.button('Train').click();
    await lab.reachState('training');
    await lab.stopGradient.click();
    expect(await lab.stopGradient.isChecked()).toBe(false);
    const changes = async () => JSON.parse(lab.hash().get('changes') ?? '[]') as unknown[];
    const marked = lab.region('Events').getByText(/step \d+stop-gradient off/);
    await marked.waitFor();
    const step = Number((await marked.innerText()).match(/\d+/)?.[0]);
    expect(step).toBeGreaterThan(paused);
    await expect.poll(changes).toEqual([[step, 'stopGradient', false]]);

    await lab.button('Pause').click();
    await lab.reachState('paused');
    await lab.button('Reset').click();
    await expect.poll(() => lab.metric('step')).toBe(0);
    expect(await lab.metric('loss')).toBeNaN();
    expect(await lab.stopGradient.isChecked()).toBe(true);
    await expect.poll(changes).toEqual([]);
    await expect.poll(() => lab.pointsOf('Loss')).toBe(0);
  });
});
