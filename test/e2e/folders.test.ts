import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject } from 'vitest';
import { inspect } from '../../scripts/inspect/inspection';
import { CURRENT_VERSION } from '../../src/domain/versions/registry';
import { dropPaths } from './harness/drop';
import { LabPage } from './harness/labPage';
import { imagesInClasses, writeFolder } from './harness/ownImages';
import { testIn } from './harness/test';

const FIXTURES = join(import.meta.dirname, '../fixtures/import');
const OWN_IMAGES = `#v=${CURRENT_VERSION}&preset=tiny&dataset=folder`;

const test = testIn('wasm');
/** A place on the page at every width. */
const POINT = { x: 200, y: 300 };
const onPhone = testIn('wasm', { viewport: { width: 390, height: 844 } });

let root = '';
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'folders-'));
});
afterAll(() => rmSync(root, { recursive: true }));

async function opened(page: Page, hash = OWN_IMAGES): Promise<LabPage> {
  await page.goto(`${inject('siteUrl')}${hash}`);
  const lab = new LabPage(page);
  await expect.poll(() => lab.status.innerText()).toContain('folder');
  return lab;
}

/** The rows of the table of classes, cell by cell. */
async function classesOf(page: Page): Promise<string[][]> {
  const rows = page.getByTestId('dataset-classes').locator('tbody tr');
  return rows.evaluateAll((all) => all.map((row) => [...row.children].map((cell) => cell.textContent ?? '')));
}

/** How many pixels the page can be scrolled sideways. */
function sideways(page: Page): Promise<number> {
  return page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
}

describe('the folders of a person’s own images', () => {
  test('are shown as classes and splits, as inspect says, and corrected by keyboard; the link repeats it', async ({
    page,
  }) => {
    const folder = join(FIXTURES, '01_class_only_in_test/keras_test_unknown');
    const lab = await opened(page);
    await dropPaths(page, [folder]);
    await lab.reachState('paused');
    const { inspection } = await inspect([folder]);
    expect(await classesOf(page)).toEqual([
      ...inspection.classes.map(({ name, train, test }) => [name, String(train), String(test)]),
      ['without a class', '0', '20'],
    ]);
    for (const note of inspection.notes.slice(0, 2)) await page.getByText(note).waitFor();

    await lab.button('Correct what folders are').focus();
    await page.keyboard.press('Enter');
    const select = page.getByRole('combobox', { name: 'What “test” is' });
    expect(await select.locator('option').first().innerText()).toBe('found: test');
    await select.focus();
    await page.keyboard.type('left');
    await page.keyboard.press('Enter');
    await expect.poll(() => lab.size()).toBe(80);
    await lab.reachState('paused');
    expect(await select.inputValue()).toBe('out');
    expect(await classesOf(page)).toEqual([
      ['a', '34', '6'],
      ['b', '34', '6'],
    ]);
    await expect.poll(() => lab.hash().get('folders')).toBe('1:out');

    const link = new URL(lab.link()).hash;
    expect(decodeURIComponent(link).replace('keras_test_unknown', '')).not.toMatch(/unknown|train/);
    await page.goto('about:blank');
    const again = await opened(page, link);
    await dropPaths(page, [folder]);
    await again.reachState('paused');
    expect(await again.size()).toBe(80);
    expect(again.hash().get('folders')).toBe('1:out');
  });

  test('too few for the batch size are taken with a smaller one at the press of a button', async ({ page }) => {
    const lab = await opened(page);
    await dropPaths(page, [await writeFolder(join(root, 'few'), [...(await imagesInClasses(15))].slice(0, 40))]);
    await lab.region('Images').getByRole('alert').getByRole('button', { name: 'Use a batch size of 16' }).click();
    await expect.poll(() => lab.size()).toBe(40);
    await lab.reachState('paused');
    expect(await page.getByRole('textbox', { name: 'Batch size', exact: true }).inputValue()).toBe('16');
  });
});

describe('long names', () => {
  onPhone('wrap in alerts, classes and folders', async ({ page }) => {
    const lab = await opened(page);
    await dropPaths(page, [join(FIXTURES, '16_ui_alert_overflow/hexbad')], POINT);
    const alert = lab.region('Images').getByRole('alert');
    await alert.waitFor();
    expect(await sideways(page)).toBe(0);
    const [outer, inner] = [await lab.region('Images').boundingBox(), await alert.boundingBox()];
    expect(inner!.x + inner!.width).toBeLessThanOrEqual(outer!.x + outer!.width);

    const long = '0123456789abcdef'.repeat(6);
    const images = [...(await imagesInClasses(30))].map(([path, bytes]) => [`${long}/${path}`, bytes] as const);
    const renamed = images.map(([path, bytes]) => [path.replace('/cats/', `/${long}c/`), bytes] as const);
    await dropPaths(page, [await writeFolder(join(root, long), renamed)], POINT);
    await expect.poll(() => lab.page.getByTestId('dataset-size').count()).toBe(1);
    await lab.button('Correct what folders are').click();
    await page.getByRole('list', { name: 'Folders' }).waitFor();
    expect(await sideways(page)).toBe(0);
  });
});
