import { describe, expect } from 'vitest';
import { LabPage } from './harness/labPage';
import { test } from './harness/test';

/** The tiny preset without stop-gradient, on an engine that starts quickly. */
const WITHOUT_STOP_GRADIENT =
  '#v=4&preset=tiny&dataset=fashion-mnist&engine=wasm&stopGradient=false&knn.bank=40&knn.queries=20';

describe('a run without stop-gradient', () => {
  test('collapses, and the page says so and why; switching stop-gradient on again does not undo it', async ({
    page,
  }) => {
    const lab = await LabPage.open(page, WITHOUT_STOP_GRADIENT);
    expect(await lab.stopGradient.isChecked()).toBe(false);
    await lab.button('Train').click();
    await expect.poll(() => lab.status.innerText()).toMatch(/^Collapsed at step \d+[.,]/);
    expect(await page.getByTestId('status').getAttribute('data-state')).toBe('collapsed');
    const words = await lab.status.innerText();
    expect(words).toMatch(/every image has nearly the same output/i);
    expect(await lab.why()).toMatch(/stop-gradient off.*the gradient leads directly to it/i);
    const collapsedAt = await lab.metric('step');
    expect(await lab.metric('loss')).toBeLessThan(-0.98);
    expect(await lab.metric('output-std')).toBeLessThan(0.2 / Math.sqrt(64));
    expect(await lab.metric('collapse')).toBeGreaterThan(0.8);
    await lab.region('Events').getByText('collapsed').waitFor();

    // The neighbours were measured at most 25 steps ago; in z all images have become alike.
    await lab.goTo('Explore');
    await page.getByRole('tab', { name: 'Neighbours' }).click();
    const gallery = page.getByTestId('neighbours');
    const shownAt = Number(await gallery.getAttribute('data-step'));
    expect(shownAt).toBeGreaterThan(collapsedAt - 27);
    await page.getByText('output z', { exact: true }).click();
    await page.getByText('In a collapse every similarity of z goes to 1').waitFor();

    await lab.goTo('Train');
    await lab.stopGradient.click();
    await expect.poll(() => lab.why()).toContain('At a constant output the gradient is zero');
    await lab.reachStep(collapsedAt + 5);
    expect(await lab.status.innerText()).toMatch(/^Collapsed at step \d+[.,]/);
    expect(await lab.metric('output-std')).toBeLessThan(0.2 / Math.sqrt(64));
  });
});
