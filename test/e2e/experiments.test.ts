import { AxeBuilder } from '@axe-core/playwright';
import { describe, expect } from 'vitest';
import { LabPage } from './harness/labPage';
import { test } from './harness/test';

const TINY = '#v=4&preset=tiny&dataset=fashion-mnist&engine=wasm&knn.bank=40&knn.queries=20';
/** Enough steps that the queue can be paused during its first run, even if the test is slow. */
const STEPS = 60;

describe('an experiment', () => {
  test('trains its runs one after the other, lays them over each other, and judges the paper’s claim', async ({
    page,
  }) => {
    await page.setViewportSize({ width: 1440, height: 900 });
    const lab = await LabPage.open(page, TINY);
    await lab.goTo('Compare');
    await lab.button('Figure 2: stop-gradient').click();
    await lab.setNumber('Steps per run', STEPS);
    await lab.button('Run experiment').click();
    // Paused at once, while the first run is being built or in its first steps.
    await lab.button('Pause queue').click();
    await lab.reachState('paused');
    const progress = page.getByTestId('experiment-progress');
    expect(await progress.innerText()).toMatch(
      new RegExp(`^Run 1 of 2: with stop-gradient, step \\d+ of ${STEPS}, paused$`, 'u'),
    );
    await lab.button('Resume queue').click();
    const verdict = page.getByTestId('experiment-verdict');
    await verdict.waitFor();
    const words = await verdict.innerText();
    expect(words).toMatch(/^(Reproduced|Partly reproduced|Not reproduced)\. .*std·√d \d/);
    const rows = page.getByTestId('experiment-result').locator('tbody tr');
    expect(await rows.count()).toBe(2);
    const stds: number[] = [];
    for (const row of await rows.all()) {
      const [label, loss, std, , knn] = await row.locator('th, td').allInnerTexts();
      expect(label).toContain(`finished, ${STEPS} steps`);
      expect(loss).toMatch(/^−\d\.\d{3}$/);
      expect(knn).toMatch(/^\d+\.\d ± \d+\.\d\s%/);
      stds.push(Number(std));
      expect(words, 'the verdict speaks of the runs’ own numbers').toContain(String(std));
    }
    expect(stds[0], 'stop-gradient keeps the outputs apart').toBeGreaterThan(stds[1] ?? 0);

    // The first run as an overlay, the second as the run on the page.
    const overlays = lab.region('Output std').locator('g > title');
    expect(await overlays.allTextContents()).toEqual(['Figure 2: with stop-gradient']);
    // Charts are drawn after the tables.
    await expect.poll(() => lab.pointsOf('Output std')).toBeGreaterThanOrEqual(STEPS);
    await lab.button('Rename Figure 2: without stop-gradient').waitFor();

    expect((await new AxeBuilder({ page }).analyze()).violations.map(({ id }) => id)).toEqual([]);
    await page.setViewportSize({ width: 390, height: 844 });
    // The tables measure their width before they choose their layout.
    await expect.poll(() => page.evaluate(() => document.documentElement.scrollWidth)).toBe(390);

    await lab.goTo('Train');
    expect(await lab.stopGradient.isChecked(), 'the second run is the one on the page').toBe(false);
    await lab.goTo('Compare');
    await lab.button('Restore the previous settings').click();
    await lab.goTo('Train');
    await expect.poll(() => lab.stopGradient.isChecked()).toBe(true);
  });
});
