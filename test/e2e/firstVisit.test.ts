import { describe, expect } from 'vitest';
import { LabPage } from './harness/labPage';
import { test } from './harness/test';

describe('a first visit', () => {
  test('a sample is loaded, and every control has its name', async ({ page }) => {
    const lab = await LabPage.open(page);
    expect(Number((await page.getByTestId('dataset-size').innerText()).replace(',', ''))).toBeGreaterThan(1000);
    for (const name of ['Train', 'Step', 'Reset']) await lab.button(name).waitFor();
    await lab.stopGradient.waitFor();
    expect(await lab.stopGradient.isChecked()).toBe(true);
    for (const name of ['Method', 'Preset', 'Data set']) {
      await page
        .getByRole('combobox', { name, exact: true })
        .or(page.getByLabel(name, { exact: true }))
        .first()
        .waitFor();
    }
    expect(await page.getByLabel('Image folder').getAttribute('type')).toBe('file');
  });

  test('shows the engine and the reason, and chooses the tiny preset without a GPU', async ({ page }) => {
    const lab = await LabPage.open(page);
    // The faster of the two: WASM on the processor, or a software WebGPU adapter.
    expect(await page.getByTestId('adapter').innerText()).toMatch(/wasm.*processor|swiftshader/i);
    const note = await lab.engineNote();
    expect(note).toMatch(/slower (here )?than|about a hundred times slower/i);
    expect(note).toContain('tiny');
    expect(await page.getByRole('combobox', { name: 'Preset' }).inputValue()).toBe('tiny');
  });

  test('allows nothing beyond its own origin', async ({ page }) => {
    await LabPage.open(page);
    const policy = await page.locator('meta[http-equiv="Content-Security-Policy"]').getAttribute('content');
    expect(policy).toContain("default-src 'self'");
    expect(policy).not.toContain("'unsafe-eval'");
    expect(policy).not.toMatch(/script-src[^;]*'unsafe-inline'/);
  });
});
