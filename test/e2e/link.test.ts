import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject } from 'vitest';
import { sampleOf } from '../setup/matrix';
import { newContext } from './harness/browser';
import { LabPage } from './harness/labPage';
import { imagesInClasses, writeFolder } from './harness/ownImages';
import { test } from './harness/test';

/** With few measurements, so that the run is built quickly. */
const QUICK = '#v=4&preset=tiny&dataset=fashion-mnist&engine=wasm&knn.bank=40&knn.queries=20';

/** All visible settings and data, by the names of their controls. */
function shownSettings(page: Page): Promise<Record<string, string>> {
  return page.evaluate(() => {
    const shown: Record<string, string> = {};
    for (const control of document.querySelectorAll<HTMLInputElement | HTMLSelectElement>('main input, main select')) {
      const name = control.getAttribute('aria-label') ?? control.labels?.[0]?.textContent ?? control.id;
      if (['file', 'radio', 'hidden'].includes(control.type)) continue;
      shown[name] = control.type === 'checkbox' ? String((control as HTMLInputElement).checked) : control.value;
    }
    return shown;
  });
}

describe('the address of a run', () => {
  test('restores settings, seed and changes in flight, and gives the same losses', async ({ page, browser }) => {
    const lab = await LabPage.open(page, QUICK);
    await lab.openAllSections();
    await lab.setNumber('Seed', 20_111);
    await lab.setNumber('Weight decay', 0.001);
    await lab.setNumber('Length of the run', 3);
    await page.getByRole('switch', { name: 'Horizontal flip' }).press('Space');
    await page.getByRole('combobox', { name: 'BN in the heads' }).selectOption('outputAffine');
    await expect.poll(() => lab.hash().get('seed')).toBe('20111');
    await lab.step();
    await lab.stopGradient.click();
    await lab.step();
    await expect.poll(() => lab.hash().get('changes')).toBe('[[1,"stopGradient",false]]');
    await lab.button('Step').click();
    await lab.reachState('finished');
    const loss = await lab.metric('loss');
    const settings = await shownSettings(page);
    expect(Object.keys(settings).length).toBeGreaterThan(25);
    await lab.button('Share').click();
    const link = await page.getByRole('textbox', { name: 'Link to this run' }).inputValue();
    expect(link).toBe(lab.link());

    await page.reload();
    await lab.reachState('finished');
    expect(lab.link()).toBe(link);
    expect(await lab.metric('loss')).toBe(loss);

    // In another browser it is back at step 0, before the change.
    const elsewhere = await newContext(browser);
    const there = new LabPage(await elsewhere.newPage());
    await there.page.goto(link);
    await there.ready();
    await there.openAllSections();
    expect(there.link()).toBe(link);
    const { 'Stop-gradient': ended, ...rest } = settings;
    expect(ended).toBe('false');
    expect(await shownSettings(there.page)).toEqual({ ...rest, 'Stop-gradient': 'true' });
    await there.button('Train').click();
    await there.reachState('finished');
    expect(await there.metric('loss')).toBe(loss);
    expect(await shownSettings(there.page)).toEqual(settings);
    await there.region('Events').getByText('step 1stop-gradient off').waitFor();
    await elsewhere.close();
  });

  test('that cannot be read gives the defaults and a notice, not an error', async ({ page }) => {
    const preset = 'preset=tiny';
    const notices = page.getByRole('status').filter({ has: page.getByRole('button', { name: 'Dismiss this notice' }) });
    // The first link is opened as a new page; the others by changing the address.
    const links = [
      [`${preset}&dataset=nowhere&batchSize=-3&seed=x&nonsense=1`, '“nowhere”', '“batchSize”', '“seed”', '“nonsense”'],
      [`v=99&${preset}`, 'version 99'],
      [`${preset}&changes=[[`, '“changes”'],
      [`${preset}&changes=[[1,"nope",true]]`, '“changes”'],
      [`${preset}&augment.crop.scaleMin=0.9&augment.crop.scaleMax=0.1`, 'do not fit together'],
      [`${preset}&folder=7`, '“folder”'],
      [`${preset}&__proto__=1&constructor=2`, '“constructor”'],
      [`${preset}&%E0%A4%A=%`, 'could not be read'],
      ['just-some-words', '“just-some-words”'],
      ['preset=enormous', '“enormous”'],
    ] as const;
    // A new page, an unknown version, and no link; all other errors in a link are handled by the same code.
    for (const [hash, ...words] of sampleOf(
      links,
      ([hash]) => !hash.startsWith('preset=') || hash.includes('dataset'),
    )) {
      await page.goto(`${inject('siteUrl')}#${hash}`);
      for (const word of words) await notices.filter({ hasText: word }).first().waitFor();
      expect(await page.getByRole('alert').count(), hash).toBe(0);
      expect(await page.getByRole('textbox', { name: 'Batch size', exact: true }).inputValue(), hash).toMatch(
        /^(32|64)$/,
      );
    }
    await page.getByRole('button', { name: 'Dismiss this notice' }).first().click();
    await notices.waitFor({ state: 'detached' });
  });
});

describe('the address of a run on a folder', () => {
  let root = '';
  let folder = '';
  let other = '';
  beforeAll(async () => {
    root = mkdtempSync(join(tmpdir(), 'link-'));
    const images = [...(await imagesInClasses(30))];
    folder = await writeFolder(join(root, 'holidays'), images);
    other = await writeFolder(join(root, 'work'), images.slice(1));
  });
  afterAll(() => rmSync(root, { recursive: true }));

  test('asks for that folder, recognises it, and says when another one was chosen', async ({ page }) => {
    await page.goto(`${inject('siteUrl')}#v=4&preset=tiny&dataset=folder`);
    const lab = new LabPage(page);
    const input = page.getByLabel('Image folder');
    await input.setInputFiles(folder);
    await lab.reachState('paused');
    await expect
      .poll(() => JSON.parse(lab.hash().get('folder') ?? '[]'))
      .toEqual([basename(folder), 90, expect.any(String)]);
    const link = page.url();

    const asked = 'This run was made with the folder “holidays” (90 images)';
    await page.reload();
    await expect.poll(() => lab.status.innerText()).toContain(asked);
    expect(page.url()).toBe(link);
    await input.setInputFiles(folder);
    await lab.reachState('paused');
    expect(await page.getByText('is not the folder').count()).toBe(0);
    expect(page.url()).toBe(link);

    await page.reload();
    await expect.poll(() => lab.status.innerText()).toContain(asked);
    await input.setInputFiles(other);
    await page.getByText('“work” is not the folder this link was made with (“holidays”, 90 images)').waitFor();
    await lab.reachState('paused');
    expect(await lab.size()).toBe(89);
  });
});
