import { readFileSync } from 'node:fs';
import { AxeBuilder } from '@axe-core/playwright';
import type { Download, Locator, Page } from 'playwright-core';
import { describe, expect } from 'vitest';
import { LabPage } from './harness/labPage';
import { test } from './harness/test';

/** With few measurements, and on an engine that starts quickly: the results do not matter here. */
const QUICK = '#v=4&preset=tiny&dataset=fashion-mnist&knn.bank=40&knn.queries=20&engine=wasm&at=compare';
/** The name of a run that is listed alone, and those of two that are listed together. */
const ALONE = 'SimSiam · tiny';
const FIRST = 'SimSiam · seed 1';
const SECOND = 'stop-gradient off';

/** The runs on the page, by their names. */
class RunsPage extends LabPage {
  get runs(): Locator {
    return this.region('Runs');
  }

  /** The row of a run, or its card. */
  row(name: string): Locator {
    return this.runs.locator('tbody tr, li').filter({ has: this.button(`Rename ${name}`) });
  }

  tick(name: string): Locator {
    return this.page.getByRole('checkbox', { name: `Show ${name} on the charts` });
  }

  async act(name: string, item: string): Promise<void> {
    await this.button(`Actions for ${name}`).click();
    await this.page
      .getByRole('menu', { name: `Actions for ${name}` })
      .getByText(item, { exact: true })
      .click();
  }

  /** Trains to a step, one by one: a fast machine would be far beyond it before it could be paused. */
  async trainTo(step: number): Promise<void> {
    await this.reachState('paused');
    for (let next = 1; next <= step; next++) await this.step();
  }

  /** The lines of kept runs on a chart, by their names. */
  async overlaysOn(chart: string): Promise<string[]> {
    return this.region(chart)
      .locator('g > title')
      .evaluateAll((titles) => titles.map((title) => title.textContent ?? ''));
  }
}

async function opened(page: Page, hash = QUICK): Promise<RunsPage> {
  await LabPage.open(page, hash);
  return new RunsPage(page);
}

/** The violations that axe finds, with the elements. */
async function violations(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  return violations.flatMap(({ id, nodes }) => nodes.map(({ target }) => `${id} at ${target.join(' ')}`));
}

async function savedBy(page: Page, press: () => Promise<void>): Promise<{ name: string; bytes: Buffer }> {
  const [download] = await Promise.all([page.waitForEvent('download'), press()]);
  const file: Download = download;
  return { name: file.suggestedFilename(), bytes: readFileSync(await file.path()) };
}

describe('runs', () => {
  test('are kept when the next one begins and after a reload, can be laid over it, renamed and run again', async ({
    page,
  }) => {
    // Wide enough for a table; on a narrower page, runs are cards.
    await page.setViewportSize({ width: 1440, height: 900 });
    const lab = await opened(page);
    await lab.runs.getByText('No runs yet').waitFor();
    await lab.trainTo(4);
    const steps = await lab.metric('step');
    await lab.row(ALONE).getByText('this run').waitFor();

    await lab.button('Reset').click();
    await lab.reachState('paused');
    await lab.goTo('Train');
    await lab.stopGradient.click();
    await lab.goTo('Compare');
    await lab.trainTo(3);
    await lab.row(SECOND).getByText('this run').waitFor();
    expect(await lab.row(FIRST).getByRole('cell').allInnerTexts()).toContain(String(steps));
    expect(await lab.overlaysOn('Loss')).toEqual([]);
    await lab.tick(FIRST).check();
    for (const chart of ['Loss', 'Output std', 'Learning rate']) {
      await expect.poll(() => lab.overlaysOn(chart), { message: chart }).toEqual([FIRST]);
    }
    await page.getByRole('list', { name: 'Lines on the charts' }).getByText(FIRST).waitFor();

    // Not paused: the record is what the page could write while it was closing.
    await lab.button('Train').click();
    await lab.reachStep(6);
    await page.reload();
    await lab.ready();
    await lab.row(FIRST).waitFor();
    // A fast machine may see it collapse before the page is closed.
    await lab
      .row(SECOND)
      .getByText(/stopped|narrowing|collapsed/)
      .first()
      .waitFor();
    const kept = Number((await lab.row(SECOND).getByRole('cell').allInnerTexts()).find((text) => /^\d+$/.test(text)));
    expect(kept).toBeGreaterThanOrEqual(6);
    await lab.tick(SECOND).check();
    await expect.poll(() => lab.overlaysOn('Output std')).toEqual([SECOND]);

    await lab.button(`Actions for ${FIRST}`).click();
    expect(await violations(page)).toEqual([]);
    await page.keyboard.press('Escape');

    await lab.button(`Rename ${FIRST}`).click();
    await page.getByRole('textbox', { name: 'Name of the run' }).fill('with stop-gradient');
    await page.keyboard.press('Enter');
    await lab.row('with stop-gradient').waitFor();
    expect(lab.hash().get('stopGradient')).toBe('false');
    await lab.act('with stop-gradient', 'Start from these settings');
    await lab.goTo('Train');
    await expect.poll(() => lab.stopGradient.isChecked()).toBe(true);
    await lab.reachState('paused');
    await lab.goTo('Compare');

    await page.setViewportSize({ width: 390, height: 844 });
    await lab.row('with stop-gradient').and(page.locator('li')).waitFor();
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
    await lab.tick('with stop-gradient').check();
    expect(await violations(page)).toEqual([]);
    await page.reload();
    await lab.ready();
    expect(await lab.runs.getByRole('button', { name: /^Rename/ }).count()).toBe(2);
    await lab.row('with stop-gradient').waitFor();
  });

  test('with losses that are not comparable never share an axis', async ({ page }) => {
    const lab = await opened(page);
    await lab.trainTo(2);
    await lab.button('Reset').click();
    await lab.goTo('Train');
    await lab.openSection('Heads and loss');
    await page.getByRole('combobox', { name: 'Similarity' }).selectOption('crossEntropy');
    await lab.goTo('Compare');
    await lab.trainTo(2);
    await lab.tick(FIRST).check();
    await expect.poll(() => lab.overlaysOn('Loss of SimSiam')).toEqual([FIRST]);
    expect(await lab.overlaysOn('Loss')).toEqual([]);
    expect(await lab.overlaysOn('Output std')).toEqual([FIRST]);
  });

  test('and charts are saved as pictures and tables', async ({ page }) => {
    const lab = await opened(page);
    await lab.trainTo(3);
    const save = (item: string) =>
      savedBy(page, async () => {
        await lab.button('Save the chart Output std').click();
        await page.getByRole('menu', { name: 'Save the chart Output std' }).getByText(item).click();
      });
    const svg = await save('SVG');
    expect(svg.name).toBe('simsiam-lab-output-std.svg');
    expect(svg.bytes.toString()).toMatch(/^<svg .*<text[^>]*>Output std<.*1\/√d.*<\/svg>\s*$/s);
    const png = await save('PNG');
    expect(png.bytes.subarray(1, 4).toString()).toBe('PNG');
    expect(png.bytes.readUInt32BE(16)).toBe(1600);
    const [header, ...rows] = (await save('CSV')).bytes.toString().split('\r\n').slice(0, -1);
    expect(header).toBe(`\uFEFFstep,${ALONE}`);
    expect(rows).toHaveLength(await lab.metric('step'));
    const std = await lab.metric('output-std');
    expect(Number(rows.at(-1)?.split(',')[1])).toBeCloseTo(std, 4);
    const table = await savedBy(page, () => lab.button('Save as CSV').click());
    expect(table.name).toBe('simsiam-lab-runs.csv');
    expect(table.bytes.toString().trim().split('\r\n')).toHaveLength(2);
  });

  test('of one tab are seen in another', async ({ page }) => {
    const lab = await opened(page);
    const other = await opened(await page.context().newPage());
    await lab.page.bringToFront();
    await lab.trainTo(2);
    await other.row(ALONE).waitFor();
    await lab.button('Reset').click();
    await lab.act(ALONE, 'Delete');
    await other.row(ALONE).waitFor({ state: 'detached' });
  });

  test('are kept only while the page is open where the browser stores nothing, and the page says so once', async ({
    page,
  }) => {
    await page.addInitScript(() => {
      IDBFactory.prototype.open = () => {
        throw new DOMException('not in a private window', 'SecurityError');
      };
    });
    const lab = await opened(page);
    const notices = page.getByText('This browser stores nothing for this page');
    await notices.waitFor();
    await lab.trainTo(2);
    await lab.button('Reset').click();
    await lab.trainTo(2);
    expect(await notices.count()).toBe(1);
    expect(await lab.runs.getByRole('button', { name: /^Rename/ }).count()).toBe(2);
  });
});
