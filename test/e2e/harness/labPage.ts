import type { Locator, Page } from 'playwright-core';
import { expect, inject } from 'vitest';

type Metric = 'step' | 'loss' | 'output-std' | 'collapse' | 'effective-rank' | 'knn' | 'images-per-second';

/** The page as a person finds it: by what controls are called and what the numbers say. */
export class LabPage {
  constructor(readonly page: Page) {}

  /** Opens the built site, with a share link's hash if given, and waits for the data set and the engine. */
  static async open(page: Page, hash = ''): Promise<LabPage> {
    await page.goto(`${inject('siteUrl')}${hash}`);
    const lab = new LabPage(page);
    await lab.ready();
    return lab;
  }

  /** Waits until images are there and Train can be pressed. */
  async ready(): Promise<void> {
    await this.page.getByTestId('dataset-size').waitFor({ timeout: 60_000 });
    await this.button('Train').and(this.page.locator(':enabled')).waitFor({ timeout: 60_000 });
  }

  button(name: string): Locator {
    return this.page.getByRole('button', { name, exact: true });
  }

  get stopGradient(): Locator {
    return this.page.getByRole('switch', { name: 'Stop-gradient' });
  }

  /** A metric's current value; NaN while there is none. */
  async metric(name: Metric): Promise<number> {
    const text = await this.page.getByTestId(`metric-${name}`).innerText();
    return text.trim() === '' ? Number.NaN : Number(text.replace(',', ''));
  }

  /** Waits until the run has reached a step. */
  async reachStep(step: number, timeout = 150_000): Promise<void> {
    await expect.poll(() => this.metric('step'), { timeout, interval: 100 }).toBeGreaterThanOrEqual(step);
  }

  /** Waits until the run is in a state: what `data-state` of the run state says. */
  async reachState(state: string, timeout = 60_000): Promise<void> {
    await this.page.locator(`[data-testid="run-state"][data-state="${state}"]`).waitFor({ timeout });
  }
}
