import type { Page } from 'playwright-core';
import { describe, expect, inject } from 'vitest';
import { BITS_PER_SECOND, OPENING_LIMITS, openOn } from '../../scripts/bench/opening';
import { serveSlowly } from '../../scripts/bench/slowHost';
import { newContext } from './harness/browser';
import { LabPage } from './harness/labPage';
import { testIn } from './harness/test';

const test = testIn('wasm');

/** Steps whose losses are compared. */
const STEPS = 4;

/** The losses of the last kept run by step, with all their digits; empty until it is kept. */
function keptLosses(page: Page): Promise<(readonly [step: number, loss: number])[]> {
  return page.evaluate(async () => {
    const answered = <T>(request: IDBRequest<T>) =>
      new Promise<T>((resolve, reject) => {
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error);
      });
    const database = await answered(indexedDB.open('simsiam-lab'));
    try {
      const all = await answered(database.transaction('curves').objectStore('curves').getAll());
      const { steps = [], values = [] } = all.at(-1)?.loss ?? {};
      return Array.from(steps as ArrayLike<number>, (step, i) => [step, values[i]] as const);
    } finally {
      database.close();
    }
  });
}

/** Pauses the run after some steps; its first losses. */
async function firstLosses(lab: LabPage): Promise<(readonly [step: number, loss: number])[]> {
  await lab.reachStep(STEPS);
  await lab.button('Pause').click();
  await lab.reachState('paused');
  await expect.poll(async () => (await keptLosses(lab.page)).length).toBeGreaterThanOrEqual(STEPS);
  return (await keptLosses(lab.page)).slice(0, STEPS);
}

describe('opening the page on a slow line', () => {
  test('takes few bytes to the first loss, and the run’s link repeats it wherever all images are there', async ({
    page,
    browser,
  }) => {
    const host = await serveSlowly(inject('siteFolder'), BITS_PER_SECOND / 8);
    const context = await newContext(browser, { locale: 'en-GB' });
    try {
      const slow = new LabPage(await context.newPage());
      const opening = await openOn(slow.page, host);
      expect(opening.codeBytes).toBeLessThanOrEqual(OPENING_LIMITS.codeBytes);
      expect(opening.bytes - opening.restBytes).toBeLessThanOrEqual(OPENING_LIMITS.bytes);
      const losses = await firstLosses(slow);
      expect(await slow.size()).toBe(1500);
      await expect.poll(() => slow.hash().get('images')).toBe('1500');
      const link = new URL(slow.link()).hash;

      // The others arrive behind, and are offered to the next run.
      await slow.page.getByRole('button', { name: 'use them from the next run' }).waitFor();
      expect(await slow.size()).toBe(1500);

      const fast = await LabPage.open(page, link);
      await fast.button('Train').click();
      expect(await firstLosses(fast)).toEqual(losses);
      expect(await fast.size()).toBe(1500);
    } finally {
      await context.close();
      await host.close();
    }
  });

  test('the whole sample takes the place of its first part while nobody trains', async ({ page }) => {
    const lab = await LabPage.open(page);
    await expect.poll(() => lab.size()).toBe(12_000);
    await lab.reachState('paused');
    expect(lab.hash().get('images')).toBeNull();
  });
});
