import type { Locator, Page } from 'playwright-core';
import { expect, inject } from 'vitest';

type Metric = 'step' | 'loss' | 'output-std' | 'collapse' | 'effective-rank' | 'knn' | 'images-per-second';

/** The page as a person uses it, by the names of the controls and the numbers shown. */
export class LabPage {
  constructor(readonly page: Page) {}

  /** Opens the built site, with a share link's hash if given, and waits for the data set and the engine. */
  static async open(page: Page, hash = '', site = inject('siteUrl')): Promise<LabPage> {
    await page.goto(`${site}${hash}`);
    const lab = new LabPage(page);
    await lab.ready();
    return lab;
  }

  /** Waits until images are loaded and Train can be pressed. */
  async ready(): Promise<void> {
    await this.page.getByTestId('dataset-size').waitFor();
    await this.button('Train').and(this.page.locator(':enabled')).waitFor();
  }

  button(name: string): Locator {
    return this.page.getByRole('button', { name, exact: true });
  }

  /** A panel or a chart, by its heading. */
  region(name: string): Locator {
    return this.page.getByRole('region', { name, exact: true });
  }

  get stopGradient(): Locator {
    return this.page.getByRole('switch', { name: 'Stop-gradient' });
  }

  /** The line on the state of the run. */
  get status(): Locator {
    return this.page.getByTestId('status');
  }

  /** The explanation behind the line, which is opened for it. */
  async why(): Promise<string> {
    await this.status.getByRole('button', { name: 'Why?' }).click();
    const words = await this.status.getByRole('dialog').innerText();
    await this.page.keyboard.press('Escape');
    return words;
  }

  /** A metric's current value; NaN while there is none. */
  async metric(name: Metric): Promise<number> {
    const text = await this.page.getByTestId(`metric-${name}`).innerText();
    return text.trim() === '' ? Number.NaN : Number(text.replace(',', ''));
  }

  /** Number of points of a chart's curve. */
  async pointsOf(chart: string): Promise<number> {
    const curves = this.region(chart).locator('path.recharts-line-curve');
    const paths = await curves.evaluateAll((all) => all.map((path) => path.getAttribute('d') ?? ''));
    return Math.max(0, ...paths.map((path) => path.match(/[ML]/g)?.length ?? 0));
  }

  /** The address's settings, changes and folder. */
  hash(): URLSearchParams {
    return new URLSearchParams(new URL(this.page.url()).hash.slice(1));
  }

  async size(): Promise<number> {
    return Number((await this.page.getByTestId('dataset-size').innerText()).replace(',', ''));
  }

  /** Sets a number among the settings, or among the augmentations. */
  async setNumber(name: string, value: number): Promise<void> {
    const field = this.page.getByRole('textbox', { name, exact: true });
    await field.fill(String(value));
    await field.blur();
  }

  /** Waits until the run has reached a step. */
  async reachStep(step: number): Promise<void> {
    await expect.poll(() => this.metric('step')).toBeGreaterThanOrEqual(step);
  }

  /** Waits until the run is in a state, according to `data-state` of the run state. */
  async reachState(state: string): Promise<void> {
    await this.page.locator(`[data-testid="run-state"][data-state="${state}"]`).waitFor();
  }

  /** Makes one update with the Step button, and waits until the run is paused again. */
  async step(): Promise<void> {
    const before = await this.metric('step');
    await this.button('Step').click();
    await this.reachStep(before + 1);
    await this.reachState('paused');
  }
}
