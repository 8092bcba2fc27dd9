import { cp, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { describe, expect, inject } from 'vitest';
import { LESSONS } from '../../src/domain/lessons/registry';
import { newContext } from './harness/browser';
import { LabPage } from './harness/labPage';
import { notCovered, walkLesson } from './harness/lessonWalk';
import { serveFolder } from './harness/staticServer';
import { testIn } from './harness/test';

/** Without a GPU, so that the engine is WASM. */
const test = testIn('wasm');

const SUB_PATH = '/school/lab/';

/** A run that is not finished when the browser has found the new version, which takes up to half a minute. */
const ENDLESS = '#v=4&preset=tiny&dataset=fashion-mnist&totalSteps=100000';

/** Paths of the files that are kept, below the page's folder. */
const kept = (page: Page) =>
  page.evaluate(async () => {
    const paths: string[] = [];
    for (const name of await caches.keys()) {
      for (const { url } of await (await caches.open(name)).keys())
        paths.push(url.slice(new URL('.', location.href).href.length));
    }
    return paths;
  });

/** Trains to a first point, and waits until the page and its sample are kept. */
async function trainAndKeep(lab: LabPage): Promise<void> {
  await lab.button('Train').click();
  await lab.reachStep(3);
  await lab.button('Pause').click();
  const sample = ['samples/fashion-mnist.json', 'samples/fashion-mnist.1.png', 'samples/fashion-mnist.2.png'];
  await expect.poll(() => kept(lab.page)).toEqual(expect.arrayContaining(['index.html', ...sample]));
}

const scriptOf = (page: Page) => page.locator('script[type="module"]').getAttribute('src');

/** Gives the page's main script another name, as a new version of the site would have it, and removes the earlier one. */
async function deployNext(folder: string): Promise<void> {
  const assets = join(folder, 'assets');
  const name = (await readdir(assets)).find((file) => /^index-.*\.js$/.test(file));
  if (name === undefined) throw new Error('the site has no main script');
  for (const file of ['index.html', 'sw.js']) {
    const text = await readFile(join(folder, file), 'utf8');
    await writeFile(join(folder, file), text.replaceAll(name, 'index-NextOne1.js'));
  }
  await rename(join(assets, name), join(assets, 'index-NextOne1.js'));
}

describe('a page that was visited once', () => {
  test('opens without a network, gives its first lesson to the end, and says what has not been loaded yet', async ({
    browser,
  }) => {
    const site = await serveFolder(inject('siteFolder'), SUB_PATH);
    const context = await newContext(browser);
    try {
      const lab = await LabPage.open(await context.newPage(), '', site.url);
      const { page } = lab;
      await page.setViewportSize({ width: 1440, height: 900 });
      expect(await kept(page), 'kept before the first point').not.toContain('index.html');
      await trainAndKeep(lab);
      expect(await kept(page)).not.toEqual(expect.arrayContaining([expect.stringMatching(/emoji|heic|^bench/)]));

      await site.close();
      await context.setOffline(true);
      const answer = await page.goto(site.url);
      await lab.ready();
      expect(await answer?.headerValue('cross-origin-embedder-policy')).toBe('require-corp');
      expect(await page.evaluate(() => crossOriginIsolated)).toBe(true);
      const [lesson] = LESSONS;
      if (lesson === undefined) throw new Error('There is no lesson.');
      await lab.button('Lessons').click();
      await page.getByRole('list', { name: 'Lessons' }).getByText(lesson.title).click();
      await walkLesson(lab, lesson, { onStep: (step) => notCovered(page, step) });
      await lab.button('Lessons').click();
      await page.getByRole('list', { name: 'Lessons' }).getByLabel('done').waitFor();
      await page.keyboard.press('Escape');

      await page.getByRole('combobox', { name: 'Data set' }).selectOption('Emoji 3D');
      const alert = page.getByRole('alert').filter({ hasText: 'Emoji 3D' });
      await alert.waitFor();
      expect(await alert.innerText()).toMatch(/“Emoji 3D” has not been loaded yet/);
      expect(await alert.innerText()).not.toMatch(/reload/i);
    } finally {
      await context.close();
    }
  });
});

describe('a new version of the site', () => {
  test('is announced, takes no run away, and is there after a reload', async ({ browser }) => {
    const folder = await mkdtemp(join(tmpdir(), 'simsiam-site-'));
    await cp(inject('siteFolder'), folder, { recursive: true });
    const site = await serveFolder(folder, SUB_PATH, { 'Cache-Control': 'no-store' });
    const context = await newContext(browser);
    try {
      const lab = await LabPage.open(await context.newPage(), ENDLESS, site.url);
      const { page } = lab;
      await trainAndKeep(lab);
      await page.reload();
      await lab.ready();
      const first = await scriptOf(page);
      const notice = page.getByRole('status').filter({ hasText: 'A new version of this page is here' });
      expect(await notice.count()).toBe(0);

      await deployNext(folder);
      await lab.button('Train').click();
      await lab.reachStep(1);
      await page.evaluate(async () => (await navigator.serviceWorker.getRegistration())?.update());
      await notice.waitFor();
      const step = await lab.metric('step');
      await lab.reachStep(step + 3);
      expect(await page.evaluate(async (script) => (await fetch(script ?? '')).status, first)).toBe(200);

      await page.reload();
      await lab.ready();
      expect(await scriptOf(page)).toBe('./assets/index-NextOne1.js');
      expect(await notice.count()).toBe(0);
      await lab.button('Train').click();
      await lab.reachStep(1);
      await expect.poll(() => kept(page)).toContain('assets/index-NextOne1.js');
      await expect.poll(async () => (await kept(page)).filter((path) => path === 'index.html').length).toBe(2);
    } finally {
      await context.close();
      await site.close();
      await rm(folder, { recursive: true, force: true });
    }
  });
});
