import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from 'playwright-core';
import { describe, expect } from 'vitest';
import { htmlReport } from '../../scripts/report/reportHtml';
import { imagesInGroups, lostLine } from '../setup/explored';
import { LONG } from '../setup/matrix';
import { LabPage } from './harness/labPage';
import { test } from './harness/test';

/** With few measurements, and on an engine that starts quickly. */
const QUICK = '#v=4&preset=tiny&dataset=fashion-mnist&engine=wasm&knn.bank=40&knn.queries=20';
/** 640 is a window of 1280 at 200 % zoom. */
const WIDTHS = [390, 640, 768, 1440, 2560] as const;

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
  test('axe finds nothing in any place, before and during a run, light and dark, narrow and wide', async ({ page }) => {
    const lab = await LabPage.open(page, QUICK);
    await lab.reachState('paused');
    const found = [...(await violations(page, 'dark'))];
    if (LONG) found.push(...(await violations(page, 'light')));
    await lab.button('Train').click();
    await lab.reachStep(1);
    await lab.stopGradient.click();
    await lab.reachStep(3);
    await lab.openSection('Image size, seed, engine');
    await lab.openSection('Augmentation');
    await lab.button('Strength of random crop').click();
    if (LONG) {
      for (const width of WIDTHS) {
        await page.setViewportSize({ width, height: 900 });
        found.push(...(await violations(page, 'dark')), ...(await violations(page, 'light')));
      }
    }
    await page.setViewportSize({ width: 390, height: 844 });
    found.push(...(await violations(page, 'light')));
    for (const place of ['Explore', 'Compare'] as const) {
      await lab.goTo(place);
      found.push(...(await violations(page, 'dark')));
      if (LONG) found.push(...(await violations(page, 'light')));
    }
    expect(found).toEqual([]);
  });

  test('axe finds nothing in a report of a folder, light and dark, and its keys scroll it', async ({ page }) => {
    const info = imagesInGroups(8, 2);
    const quality = [{ index: 5, kind: 'blurred', score: 0.4 }] as const;
    const report = {
      exact: [[0, 1]],
      near: [{ a: 2, b: 3, score: 0.95, kind: 'same' }],
      alike: [{ a: 4, b: 5, score: 0.9 }],
      clusters: [{ medoid: 0, images: [0, 1, 2, 3] }],
      noise: [6],
      outliers: [{ index: 7, score: 0.995 }],
      quality,
    } as const;
    const dot = 'data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///ywAAAAAAQABAAACAUwAOw==';
    const about = { report, images: info, verdict: lostLine(), featuresOf: 'an encoder' };
    await page.setContent(await htmlReport(about as never, async () => dot));
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      const { violations: found } = await new AxeBuilder({ page }).analyze();
      expect(found.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`)).toEqual([]);
    }
    expect(await page.locator('tbody tr').innerText()).toContain('15.0 ± 0.8 %');
    await page.setViewportSize({ width: 390, height: 300 });
    await page.keyboard.press('End');
    await expect.poll(() => page.evaluate(() => window.scrollY)).toBeGreaterThan(100);
    // A table that is wider than a phone scrolls by itself.
    const scrolls = () => page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
    expect(await scrolls()).toBe(false);
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

  test('no place scrolls sideways at any width', async ({ page }) => {
    const lab = await LabPage.open(page, QUICK);
    await lab.step();
    for (const place of ['Train', 'Explore', 'Compare'] as const) {
      await lab.goTo(place);
      for (const width of WIDTHS) {
        await page.setViewportSize({ width, height: 900 });
        await page.evaluate(
          () => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))),
        );
        expect(await overflowing(page), `${place}, ${width} px`).toEqual([]);
      }
    }
  });
});
