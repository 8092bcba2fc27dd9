import { describe, expect } from 'vitest';
import { inLongRun, sampleOf } from '../setup/matrix';
import { newContext } from './harness/browser';
import { LabPage } from './harness/labPage';
import { test } from './harness/test';

const STEPS = 3;
/** The short run needs BYOL and the last method, because BYOL's run is laid over the charts of the last one. */
const METHODS = sampleOf(['SimSiam', 'BYOL', 'SimCLR', 'SwAV'], (method) => method === 'BYOL' || method === 'SwAV');
const DATASETS = sampleOf(['fashion-mnist', 'emoji-3d']);

/** With few measurements, and on an engine that starts quickly. */
const quick = (dataset: string) =>
  `#v=4&preset=tiny&dataset=${dataset}&totalSteps=${STEPS}&knn.bank=40&knn.queries=20&engine=wasm`;

class MethodsPage extends LabPage {
  /** Chooses a method, and trains a run of it to its end. */
  async train(method: string): Promise<{ loss: number; std: number }> {
    await this.page.getByRole('combobox', { name: 'Method' }).selectOption({ label: method });
    // A run that has not moved is rebuilt automatically.
    if (await this.button('Reset').isEnabled()) await this.button('Reset').click();
    await this.button('Train').click();
    await this.reachState('finished');
    return { loss: await this.metric('loss'), std: await this.metric('output-std') };
  }

  overlaysOn(chart: string): Promise<string[]> {
    return this.region(chart).locator('g > title').allTextContents();
  }
}

describe('the family of methods', () => {
  test.for(DATASETS)('trains on %s, and is laid over one another', async (dataset, { page }) => {
    await page.setViewportSize({ width: 1440, height: 900 });
    await LabPage.open(page, quick(dataset));
    const lab = new MethodsPage(page);
    const losses = new Set<number>();
    for (const method of METHODS) {
      const { loss, std } = await lab.train(method);
      expect(Number.isFinite(loss), method).toBe(true);
      expect(std, method).toBeGreaterThan(0);
      losses.add(loss);
    }
    expect(losses.size, 'each its own loss').toBe(METHODS.length);

    await lab.goTo('Compare');
    await page.getByRole('checkbox', { name: /^Show BYOL\b.* on the charts$/ }).check();
    await expect.poll(() => lab.overlaysOn('Output std')).toEqual([expect.stringContaining('BYOL')]);
    await expect.poll(() => lab.overlaysOn('Loss of BYOL')).toEqual([expect.stringContaining('BYOL')]);
    expect(await lab.overlaysOn('Loss'), 'losses of different methods do not share an axis').toEqual([]);
  });

  // `link.test.ts` stands for it in the short run.
  inLongRun(() => {
    test('a link restores the method and its options, and gives the same losses', async ({ page, browser }) => {
      await LabPage.open(page, quick('fashion-mnist'));
      const lab = new MethodsPage(page);
      await lab.train('SwAV');
      await lab.openSection('Heads and loss');
      await lab.setNumber('Prototypes K', 64);
      const { loss } = await lab.train('SwAV');
      const link = page.url();

      const elsewhere = await newContext(browser);
      const other = new MethodsPage(await elsewhere.newPage());
      await other.page.goto(link);
      await other.ready();
      expect(await other.page.getByRole('combobox', { name: 'Method' }).inputValue()).toBe('swav');
      expect(await other.page.getByRole('textbox', { name: 'Prototypes K', exact: true }).inputValue()).toBe('64');
      await other.button('Train').click();
      await other.reachState('finished');
      expect(await other.metric('loss')).toBe(loss);
      await elsewhere.close();
    });
  });
});
