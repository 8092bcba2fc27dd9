import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { zipSync } from 'fflate';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject } from 'vitest';
import { picture, UPRIGHT } from '../setup/imageFiles';
import { inLongRun } from '../setup/matrix';
import { dropPaths } from './harness/drop';
import { LabPage } from './harness/labPage';
import { CLASSES, filesToSkip, imagesInClasses, writeFolder } from './harness/ownImages';
import { test } from './harness/test';

const PER_CLASS = 30;
const COUNT = PER_CLASS * CLASSES.length;
/** A link without a sample, so that only the person's own images are loaded. */
const OWN_IMAGES = '#v=4&preset=tiny&dataset=folder';

let root = '';
let good: ReadonlyMap<string, Buffer>;
let skipped: Awaited<ReturnType<typeof filesToSkip>>;
/** Images in classes, and every kind of bad file. */
let mixed = '';

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'images-'));
  good = await imagesInClasses(PER_CLASS);
  skipped = await filesToSkip();
  mixed = await writeFolder(join(root, 'mixed'), good, skipped.files);
});
afterAll(() => rmSync(root, { recursive: true }));

async function openWithoutImages(page: Page): Promise<LabPage> {
  await page.goto(`${inject('siteUrl')}${OWN_IMAGES}`);
  const lab = new LabPage(page);
  await expect.poll(() => lab.status.innerText()).toContain('Choose a folder of images');
  return lab;
}

/** Waits until a data set is in use, known by its name in the select. */
async function inUse(lab: LabPage, name: string): Promise<void> {
  const select = lab.page.getByRole('combobox', { name: 'Data set' });
  await expect.poll(() => select.locator('option:checked').innerText()).toBe(`Your images: ${name}`);
  await lab.reachState('paused');
}

async function expectMixed(lab: LabPage): Promise<void> {
  const { page } = lab;
  expect(await lab.size()).toBe(COUNT);
  await lab.region('Classes').getByText(String(CLASSES.length), { exact: true }).first().waitFor();
  expect(Number(await page.getByTestId('dataset-skipped').innerText())).toBe(skipped.listed.size);
  await lab.button('show which and why').click();
  const items = lab.region('Images').getByRole('listitem');
  // The list unfolds.
  await expect.poll(() => items.count()).toBe(skipped.listed.size);
  const lines = await items.allInnerTexts();
  for (const [path, reason] of skipped.listed) {
    const line = lines.find((text) => text.includes(`${path}:`));
    expect(line, path).toMatch(reason);
  }
}

describe('own images', () => {
  test('a dropped folder: the good images load and train, the bad ones are listed with reasons', async ({ page }) => {
    const lab = await openWithoutImages(page);
    await dropPaths(page, [mixed]);
    await inUse(lab, basename(mixed));
    await expectMixed(lab);
    await lab.step();
    expect(await lab.metric('loss')).toBeLessThan(1);
    expect(await lab.metric('output-std')).toBeGreaterThan(0);
    // Some images are held out, and the chance level shows that they are of three equal classes.
    expect(await lab.metric('knn')).toBeGreaterThan(0);
  });

  inLongRun(() => {
    test('the same with the folder input, and from an archive', async ({ page }) => {
      const lab = await openWithoutImages(page);
      await page.getByLabel('Image folder').setInputFiles(mixed);
      await inUse(lab, basename(mixed));
      await expectMixed(lab);

      const archive = join(root, 'packed.zip');
      writeFileSync(
        archive,
        zipSync(Object.fromEntries([...good].slice(1).map(([path, bytes]) => [`packed/${path}`, bytes]))),
      );
      await page.getByLabel('Image files or .zip').setInputFiles(archive);
      await inUse(lab, 'packed');
      expect(await lab.size()).toBe(COUNT - 1);
      expect(await page.getByTestId('dataset-skipped').innerText()).toBe('0');
    });
  });

  test('images that cannot be trained on are refused with advice, and the data set in use stays', async ({ page }) => {
    const lab = await openWithoutImages(page);
    await dropPaths(page, [mixed]);
    await inUse(lab, basename(mixed));
    const alert = lab.region('Images').getByRole('alert');

    await dropPaths(page, [await writeFolder(join(root, 'few'), [...good].slice(0, 20))]);
    await expect
      .poll(() => alert.innerText())
      .toMatch(/20 images to train on.*at least two batches, 64 images\. Add images/);
    await dropPaths(page, [await writeFolder(join(root, 'none'), [...skipped.files])]);
    await expect.poll(() => alert.innerText()).toMatch(/no images here that can be read.*Choose JPEG/);
    expect(await lab.size()).toBe(COUNT);
    await inUse(lab, basename(mixed));
    await lab.step();
  });
});

describe('images that are refused', () => {
  const fixture = (path: string) => fileURLToPath(new URL(`../fixtures/import/${path}`, import.meta.url));

  test('each drop is told its own reasons, and those of the data set in use are not shown below', async ({ page }) => {
    const lab = await openWithoutImages(page);
    const alert = lab.region('Images').getByRole('alert');
    await dropPaths(page, [fixture('03_stale_message/html_error.jpg')]);
    await expect.poll(() => alert.innerText()).toMatch(/html_error\.jpg is a web page/);
    await dropPaths(page, [fixture('03_stale_message/nested.zip')]);
    await expect.poll(() => alert.innerText()).toMatch(/data\/test\.zip is an archive inside an archive: unpack it/);
    expect(await alert.innerText()).not.toContain('html_error');
    await lab.button('show which and why').click();
    const items = alert.getByRole('listitem');
    await expect.poll(() => items.count()).toBe(3);
    const reasons = await items.allInnerTexts();
    expect(reasons.map((text) => text.split(':')[0])).toEqual(['data/sample.csv', 'data/test.zip', 'data/train.zip']);

    await dropPaths(page, [mixed]);
    await inUse(lab, basename(mixed));
    await expectMixed(lab);
    await dropPaths(page, [fixture('03_stale_message/html_error.jpg')]);
    await expect.poll(() => alert.innerText()).toMatch(/html_error\.jpg is a web page/);
    expect(await lab.region('Images').getByRole('listitem').count()).toBe(0);
    await lab.button('show which and why').click();
    await expect.poll(() => items.count()).toBe(1);
    expect(await lab.region('Images').getByRole('listitem').allInnerTexts()).toEqual([
      expect.stringMatching(/^html_error\.jpg: is a web page/),
    ]);
  });
});

describe('while a run goes on', () => {
  test('a drop does not affect it until the new images are complete, and Cancel keeps the old ones', async ({
    page,
  }) => {
    const lab = await openWithoutImages(page);
    await dropPaths(page, [mixed]);
    await inUse(lab, basename(mixed));
    const address = page.url();
    await lab.button('Train').click();
    await lab.reachState('training');

    // Without handling, the browser would open these files instead of the page.
    const text = join(root, 'notes.txt');
    writeFileSync(text, 'Not an image.');
    const picturePath = join(root, 'one.png');
    writeFileSync(picturePath, await picture().png().toBuffer());
    const places = [
      lab.button('Pause'),
      lab.region('Loss'),
      page.getByRole('textbox', { name: 'Batch size', exact: true }),
      lab.region('Events'),
    ];
    for (const place of places) {
      await place.scrollIntoViewIfNeeded();
      const box = await place.boundingBox();
      await dropPaths(page, [text, picturePath], { x: box!.x + box!.width / 2, y: box!.y + box!.height / 2 });
    }
    await lab.region('Images').getByRole('alert').waitFor();

    const png = await picture(UPRIGHT, 2000, 2000).png().toBuffer();
    const slow = await writeFolder(
      join(root, 'slow'),
      Array.from({ length: 300 }, (_, i) => [`${i}.png`, png] as const),
    );
    await dropPaths(page, [slow]);
    await page.getByRole('progressbar', { name: 'Images loaded' }).waitFor();
    await lab.button('Cancel').click();
    await page.getByText('Loading slow').waitFor({ state: 'detached' });

    await lab.reachStep((await lab.metric('step')) + 1);
    await lab.reachState('training');
    expect(await lab.size()).toBe(COUNT);
    expect(page.url()).toBe(address);
  });
});
