import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { CURRENT_VERSION } from '../../src/domain/versions/registry';
import { openProfile } from './harness/browser';
import { dropPaths } from './harness/drop';
import { LabPage } from './harness/labPage';
import { limitStorage } from './harness/limitStorage';
import { CLASSES, imagesInClasses, writeFolder } from './harness/ownImages';
import { watchForProblems } from './harness/problems';

const PER_CLASS = 30;
const OWN_IMAGES = `#v=${CURRENT_VERSION}&preset=tiny&dataset=folder`;

let root = '';
let pets = '';
beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'kept-'));
  pets = await writeFolder(join(root, 'pets'), await imagesInClasses(PER_CLASS));
  writeFileSync(join(pets, 'notes.txt'), 'Not an image.');
});
afterAll(() => rmSync(root, { recursive: true }));

/** How many entries and values of files of own images the browser stores. */
function stored(page: Page): Promise<number[]> {
  return page.evaluate(async () => {
    const result = <T>(request: IDBRequest<T>) =>
      new Promise<T>((resolve, reject) => {
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error);
      });
    const database = await result(indexedDB.open('simsiam-lab'));
    const stores = ['keptImages', 'imageFiles'];
    const transaction = database.transaction(stores);
    const counts = await Promise.all(stores.map((store) => result(transaction.objectStore(store).count())));
    database.close();
    return counts;
  });
}

/** The browser with the same profile, opened for the time of some work. */
async function inProfile(work: (page: Page) => Promise<void>): Promise<void> {
  const context: BrowserContext = await openProfile('wasm', join(root, 'profile'), { locale: 'en-GB' });
  const problems = watchForProblems(context, new URL(inject('siteUrl')).origin);
  try {
    await work(await context.newPage());
  } finally {
    await context.close();
  }
  expect(problems, 'problems seen by the browser').toEqual([]);
}

test('own images that a person keeps are there in the next browser without a drop, until they are forgotten', async () => {
  const before = { link: '', loss: 0, classes: '' };
  await inProfile(async (page) => {
    await page.goto(`${inject('siteUrl')}${OWN_IMAGES}`);
    const lab = new LabPage(page);
    await expect.poll(() => lab.status.innerText()).toContain('Choose a folder');
    await dropPaths(page, [pets]);
    await page.getByRole('group', { name: 'Keep these images?' }).waitFor();
    await lab.reachState('paused');
    expect(await stored(page)).toEqual([0, 0]);
    const keep = page.getByRole('button', { name: /^Keep, / });
    const limit = await limitStorage(page, 20_000);
    await keep.click();
    await page.getByText('Not kept: the browser gives this page no more space.').waitFor();
    expect(await stored(page)).toEqual([0, 0]);
    await limit.detach();
    await keep.click();
    await page.getByTestId('images-kept').waitFor();
    // All files in one portion, and the list of them.
    expect(await stored(page)).toEqual([1, 2]);
    await expect.poll(() => lab.hash().has('folder')).toBe(true);
    before.link = lab.link();
    before.classes = await page.getByTestId('dataset-classes').innerText();
    await lab.step();
    before.loss = await lab.metric('loss');
    await lab.kept();
  });
  // The copy does not need the folder.
  rmSync(pets, { recursive: true });
  await inProfile(async (page) => {
    await page.goto(before.link);
    const lab = new LabPage(page);
    await lab.ready();
    await page.getByText('“pets” is loaded from this computer, where you kept it.').waitFor();
    expect(await lab.size()).toBe(PER_CLASS * CLASSES.length);
    expect(await page.getByTestId('dataset-skipped').innerText()).toBe('1');
    expect(await page.getByTestId('dataset-classes').innerText()).toBe(before.classes);
    // The run goes on; begun anew, it has the same loss.
    await lab.reachState('paused');
    expect(await lab.metric('step')).toBe(1);
    await lab.button('Reset').click();
    await expect.poll(() => lab.metric('step')).toBe(0);
    await lab.reachState('paused');
    await lab.step();
    expect(await lab.metric('loss')).toBe(before.loss);

    await lab.button('Forget').click();
    await page.getByText('Your images stay in this tab').waitFor();
    await expect.poll(() => stored(page)).toEqual([0, 0]);
    await page.reload();
    await expect.poll(() => lab.status.innerText()).toContain('Choose the folder “pets”');
  });
});
