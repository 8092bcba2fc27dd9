import { readFile } from 'node:fs/promises';
import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from 'playwright-core';
import { describe, expect, inject } from 'vitest';
import type { BenchReport } from '../../src/domain/benchmark';
import { inLongRun } from '../setup/matrix';
import { test } from './harness/test';

async function openBench(page: Page, parts: readonly string[]): Promise<void> {
  await page.goto(`${inject('siteUrl')}bench.html`);
  for (const box of await page.getByRole('checkbox').all()) {
    await box.setChecked(parts.includes((await box.getAttribute('value')) ?? ''));
  }
}

describe('the benchmark page', () => {
  test('measures, shows tables that fit, and gives the report as a file', async ({ page }) => {
    await openBench(page, ['methods']);
    await page.getByRole('button', { name: 'Quick run' }).click();
    await page.locator('[data-testid="bench-state"][data-state="done"]').waitFor();
    await page
      .getByRole('region', { name: 'Methods, reference network and batch' })
      .getByRole('cell', { name: 'simsiam' })
      .waitFor();
    const saved = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Download JSON' }).click();
    const report: BenchReport = JSON.parse(await readFile(await (await saved).path(), 'utf8'));
    expect(report).toMatchObject({ quick: true, software: true, steps: [], kernels: [] });
    expect(report.peak.gflops).toBeGreaterThan(0);
    expect(report.methods[0].ms).toBeGreaterThan(0);
    const { violations } = await new AxeBuilder({ page }).analyze();
    expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(' '))}`)).toEqual([]);
    for (const width of [390, 1440]) {
      await page.setViewportSize({ width, height: 900 });
      const sideways = () => page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      expect(await sideways(), `${width} px`).toBeLessThanOrEqual(0);
    }
  });

  inLongRun(() => {
    test('measures the processor against tfjs’s WASM backend, which only then is loaded', async ({ page }) => {
      const requested: string[] = [];
      page.on('request', (request) => requested.push(new URL(request.url()).pathname));
      await openBench(page, ['cpu']);
      const binaries = () => requested.filter((path) => path.endsWith('.wasm'));
      expect(binaries()).toEqual([]);
      await page.getByRole('button', { name: 'Quick run' }).click();
      await page.locator('[data-testid="bench-state"][data-state="done"]').waitFor();
      const table = page.getByRole('region', { name: 'Processor: a whole step, in milliseconds' });
      await table.getByRole('cell', { name: 'reference' }).first().waitFor();
      expect(await page.getByText('left out').allTextContents()).toEqual(['Processor: kernels left out: a quick run.']);
      expect(binaries()).toHaveLength(1);
    });
  });

  test('can be stopped, and needs at least one part to run', async ({ page }) => {
    await openBench(page, []);
    expect(await page.getByRole('button', { name: 'Quick run' }).isDisabled()).toBe(true);
    await page.getByRole('checkbox', { name: 'Kernels' }).check();
    await page.getByRole('button', { name: 'Quick run' }).click();
    await page.getByRole('button', { name: 'Stop' }).click();
    await page.locator('[data-testid="bench-state"][data-state="idle"]').waitFor();
    expect(await page.getByRole('button', { name: 'Quick run' }).isEnabled()).toBe(true);
  });
});
