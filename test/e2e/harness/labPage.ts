import type { Locator, Page } from 'playwright-core';
import { expect, inject } from 'vitest';

type Place = 'Train' | 'Explore' | 'Compare';
type Metric = 'step' | 'loss' | 'output-std' | 'collapse' | 'effective-rank' | 'knn' | 'images-per-second';

const SECTIONS = ['Optimiser', 'Heads and loss', 'Backbone', 'Monitors', 'Image size, seed, engine', 'Augmentation'];

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

  /** Waits, in any place, until images are loaded and Train can be pressed. */
  async ready(): Promise<void> {
    await this.page.locator('[data-testid="run-state"]:not([data-state="none"])').waitFor();
    await this.button('Train').and(this.page.locator(':enabled')).waitFor();
  }

  /** Shows a place of the page, and waits until it is loaded. */
  async goTo(place: Place): Promise<void> {
    const link = this.page.getByRole('navigation', { name: 'Places' }).getByRole('link', { name: place, exact: true });
    await link.click();
    await link.and(this.page.locator('[aria-current="page"]')).waitFor();
    const shown = {
      Train: this.region('Outputs'),
      Explore: this.page.getByRole('tablist'),
      Compare: this.region('Runs'),
    };
    await shown[place].waitFor();
  }

  /** Opens “More” in Train, if it is closed, and one of its sections. */
  async openSection(title: string): Promise<void> {
    const more = this.page.getByRole('button', { name: /^More: \d+ settings/ });
    if ((await more.count()) > 0) await more.click();
    const section = this.button(title);
    if ((await section.getAttribute('aria-expanded')) === 'false') await section.click();
  }

  /** Opens all sections of “More”, and waits for the strengths of the augmentations, which React renders only when it is idle. */
  async openAllSections(): Promise<void> {
    for (const title of SECTIONS) await this.openSection(title);
    await this.page.getByLabel('Greyscale: probability', { exact: true }).waitFor({ state: 'attached' });
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

  /** The line on the state of the run, which says the state as `data-state`, too. */
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

  /** The note on the engine, behind its chip. */
  async engineNote(): Promise<string> {
    const chip = this.page.getByRole('button').filter({ has: this.page.getByTestId('adapter') });
    await chip.click();
    const note = await this.page.getByRole('banner').getByRole('dialog').innerText();
    await chip.click();
    return note;
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

  /** The address's settings, changes, folder and place. */
  hash(): URLSearchParams {
    return new URLSearchParams(new URL(this.page.url()).hash.slice(1));
  }

  /** The address without its place: the link to the run. */
  link(): string {
    return this.page.url().replace(/&at=\w+$/, '');
  }

  async size(): Promise<number> {
    return Number((await this.page.getByTestId('dataset-size').innerText()).replace(',', ''));
  }

  /** Sets a number among the settings that are open. */
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

  /** Waits until a checkpoint of the run as it is now is stored in this browser. */
  async kept(): Promise<void> {
    const step = await this.metric('step');
    await expect.poll(() => this.page.evaluate(lastSteps)).toContain(step);
  }

  /** Makes one update with the Step button, and waits until the run is paused again. */
  async step(): Promise<void> {
    const before = await this.metric('step');
    await this.button('Step').click();
    await this.reachStep(before + 1);
    await this.reachState('paused');
  }
}

/** The last step that is stored of each run. Runs in the page. */
async function lastSteps(): Promise<number[]> {
  const result = <T>(request: IDBRequest<T>) =>
    new Promise<T>((resolve, reject) => {
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
  const database = await result(indexedDB.open('simsiam-lab'));
  const pointers = await result<{ readonly last: number }[]>(
    database.transaction('pointers').objectStore('pointers').getAll(),
  );
  database.close();
  return pointers.map(({ last }) => last);
}
