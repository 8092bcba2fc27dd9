import { readFile } from 'node:fs/promises';
import { describe, expect } from 'vitest';
import { LabPage } from './harness/labPage';
import { test } from './harness/test';

/** A thousand images, with few measurements, on an engine that starts quickly. */
const QUICK = '#v=4&preset=tiny&dataset=fashion-mnist&images=1000&engine=wasm&knn.bank=40&knn.queries=20&at=explore';

describe('Explore', () => {
  test('shows a map of the images, which is chosen from, searched, and moves on with the run', async ({ page }) => {
    const lab = await LabPage.open(page, QUICK);
    await lab.reachState('paused');
    await lab.button('Explore 1,000 images').click();
    const counts = page.getByTestId('explore-counts');
    await counts.filter({ hasText: /^[\d,]+ of 1,000 in view/ }).waitFor();
    await page.getByText('up to date').waitFor();
    await page.getByRole('tab', { name: /^Clusters \d+$/ }).waitFor();

    const map = page.getByTestId('explore-map');
    await map.focus();
    await page.keyboard.press(']');
    await page.getByTestId('explore-named').filter({ hasText: /\w/ }).waitFor();
    await page.keyboard.press('Enter');
    await page.getByRole('option', { name: /, 1\.000$/ }).waitFor();
    await expect.poll(() => page.getByRole('option').count()).toBeGreaterThan(10);
    await page.getByRole('button', { name: /^Choose all/ }).click();
    const download = page.waitForEvent('download');
    await lab.button('Save list').click();
    const text = await readFile(await (await download).path(), 'utf8');
    expect(text.trim().split('\r\n').length).toBeGreaterThan(10);
    expect(text).toContain('path,class,split,cluster,outlier_score');

    await page.getByRole('tab', { name: 'Duplicates' }).click();
    await page.getByRole('slider', { name: 'Alike from this cosine', exact: true }).waitFor();
    await page.getByRole('tab', { name: 'Map' }).click();
    await lab.step();
    await lab.button('Update to step 1').click();
    await page.getByText('up to date').waitFor();

    // The found images alone, and all of them again.
    const size = page.getByTestId('dataset-size');
    await lab.button('Train on these').click();
    await expect.poll(() => size.textContent()).not.toBe('1,000');
    await lab.reachState('paused');
    await page.getByRole('button', { name: 'All 1,000 images' }).click();
    await expect.poll(() => size.textContent()).toBe('1,000');
    await lab.reachState('paused');

    // Other images: nothing that was found out holds for them.
    await page.getByRole('combobox', { name: 'Data set' }).selectOption('emoji-3d');
    await lab.goTo('Explore');
    await page.getByRole('button', { name: /^Explore [\d,]+ images$/ }).waitFor();
  });
});
