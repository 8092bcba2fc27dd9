import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from 'playwright-core';
import { describe, expect } from 'vitest';
import { LabPage } from './harness/labPage';
import { test } from './harness/test';

/** With few measurements, and on an engine that starts quickly. */
const QUICK = '#v=1&preset=tiny&dataset=fashion-mnist&engine=wasm&knn.bank=40&knn.queries=20';
const WIDTHS = [390, 768, 1440, 2560] as const;

/** The violations that axe finds in one colour scheme, with the elements. */
async function violations(page: Page, colorScheme: 'light' | 'dark'): Promise<string[]> {
  await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
  await expect.poll(() => page.locator('html').getAttribute('data-mantine-color-scheme')).toBe(colorScheme);
  const { violations } = await new AxeBuilder({ page }).analyze();
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target }) => `${colorScheme}: ${id} at ${target.join(' ')}`),
  );
}

/** Elements that extend beyond the right edge, if the page can be scrolled sideways. */
function overflowing(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const { scrollWidth, clientWidth } = document.documentElement;
    if (scrollWidth <= clientWidth) return [];
    return [...document.querySelectorAll('body *')]
      .filter((element) => element.getBoundingClientRect().right > clientWidth + 0.5)
      .map((element) => `${element.tagName}.${element.className} at ${element.getBoundingClientRect().right}`);
  });
}

/** Starts to sum layout shifts, including those soon after a key press or click. */
async function watchLayoutShifts(page: Page): Promise<() => Promise<{ total: number; worst: string[] }>> {
  await page.evaluate(() => {
    const shifts: { value: number; what: string[] }[] = [];
    Object.assign(window, { shifts });
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries() as (PerformanceEntry & {
        value: number;
        sources: { node?: Element }[];
      })[]) {
        shifts.push({
          value: entry.value,
          what: entry.sources.map(({ node }) => node?.textContent?.slice(0, 40) ?? ''),
        });
      }
    }).observe({ type: 'layout-shift' });
  });
  return () =>
    page.evaluate(() => {
      const { shifts } = window as unknown as { shifts: { value: number; what: string[] }[] };
      return {
        total: shifts.reduce((sum, { value }) => sum + value, 0),
        worst: shifts
          .sort((a, b) => b.value - a.value)
          .slice(0, 3)
          .map(({ value, what }) => `${value}: ${what.join(' | ')}`),
      };
    });
}

/** Presses Tab until an element has the focus. */
async function tabTo(page: Page, isThere: () => Promise<boolean>, most = 60): Promise<void> {
  for (let i = 0; i < most; i++) {
    if (await isThere()) return;
    await page.keyboard.press('Tab');
  }
  throw new Error(`${most} times Tab did not lead there.`);
}

const hasFocus = (page: Page, name: string) => () =>
  page.evaluate((wanted) => {
    const element = document.activeElement as HTMLInputElement | null;
    return (element?.textContent?.trim() || element?.labels?.[0]?.textContent?.trim()) === wanted;
  }, name);

describe('for everyone', () => {
  test('axe finds nothing, before and during a run, light and dark, narrow and wide', async ({ page }) => {
    const lab = await LabPage.open(page, QUICK);
    await lab.reachState('paused');
    const found = [...(await violations(page, 'light')), ...(await violations(page, 'dark'))];
    await lab.button('Train').click();
    await lab.reachStep(1);
    await lab.stopGradient.click();
    await lab.reachStep(3);
    await page.getByRole('button', { name: 'Image size, seed, engine' }).click();
    await page.getByRole('button', { name: 'Strength of random crop' }).click();
    found.push(...(await violations(page, 'dark')), ...(await violations(page, 'light')));
    await page.setViewportSize({ width: 390, height: 844 });
    found.push(...(await violations(page, 'light')));
    expect(found).toEqual([]);
  });

  test('it can be used with the keyboard alone', async ({ page }) => {
    const lab = await LabPage.open(page, QUICK);
    await lab.reachState('paused');
    await tabTo(page, hasFocus(page, 'Train'));
    await page.keyboard.press('Enter');
    await lab.reachState('training');
    await lab.reachStep(1);
    await tabTo(page, hasFocus(page, 'Stop-gradient'));
    await page.keyboard.press('Space');
    expect(await lab.stopGradient.isChecked()).toBe(false);
    await lab.region('Events').getByText('stop-gradient off').waitFor();
    await tabTo(page, hasFocus(page, 'Pause'), 150);
    await page.keyboard.press('Enter');
    await lab.reachState('paused');
  });

  test('the page does not scroll sideways at any width, and nothing moves when a run begins', async ({ page }) => {
    const lab = await LabPage.open(page, QUICK);
    await lab.reachState('paused');
    await page.evaluate(() => document.fonts.ready);
    const shifts = await watchLayoutShifts(page);
    await lab.button('Train').click();
    await lab.reachStep(2);
    await lab.button('Pause').click();
    await lab.reachState('paused');
    const { total, worst } = await shifts();
    expect(total, worst.join('\n')).toBeLessThan(0.02);
    for (const width of WIDTHS) {
      await page.setViewportSize({ width, height: 900 });
      await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))));
      expect(await overflowing(page), `${width} px`).toEqual([]);
    }
  });
});
