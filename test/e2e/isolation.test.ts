import type { Browser, BrowserContext, Page } from 'playwright-core';
import { describe, expect, inject } from 'vitest';
import { inLongRun } from '../setup/matrix';
import { newContext } from './harness/browser';
import { LabPage } from './harness/labPage';
import { watchForProblems } from './harness/problems';
import { serveFolder } from './harness/staticServer';
import { testIn } from './harness/test';

/** Without a GPU, so that the engine is WASM. */
const test = testIn('wasm');

const isIsolated = (page: Page) => page.evaluate(() => crossOriginIsolated && typeof SharedArrayBuffer === 'function');
const isControlled = (page: Page) => page.evaluate(() => navigator.serviceWorker.controller !== null);

/** Until the service worker can take the next opening. */
const registered = (page: Page) =>
  page.evaluate(async () => {
    const { active, scope } = await navigator.serviceWorker.ready;
    if (active === null) throw new Error('ready without an active worker');
    if (active.state !== 'activated') {
      await new Promise<void>((resolve) => {
        active.addEventListener('statechange', () => active.state === 'activated' && resolve());
      });
    }
    return scope;
  });

const trainer = (page: Page) => page.workers().find((worker) => worker.url().includes('/trainer.worker'))!;

/** The page's note on its engine. */
const note = (page: Page) => new LabPage(page).engineNote();

/** As many threads as the machine has processors, which tests are given at least two of. */
const ON_THREADS = /WebAssembly on [2-8] threads/;

/** A page of a site that stands on its own server. */
async function openOwn(
  browser: Browser,
  headers: Readonly<Record<string, string>>,
  work: (page: Page, site: { readonly url: string; close(): Promise<void> }, context: BrowserContext) => Promise<void>,
): Promise<void> {
  const site = await serveFolder(inject('siteFolder'), '/own/', headers);
  const context = await newContext(browser);
  try {
    await work(await context.newPage(), site, context);
  } finally {
    await context.close();
    await site.close();
  }
}

describe('a host that sends no headers of isolation', () => {
  test('has an isolated page with threads from the second opening on', async ({ page }) => {
    let openings = 0;
    page.on('domcontentloaded', () => openings++);
    const lab = await LabPage.open(page);
    expect(await isIsolated(page)).toBe(false);
    expect(await note(page)).toMatch(/on one thread.*reload this page/s);
    expect(await registered(page)).toBe(inject('siteUrl'));
    expect(await isControlled(page)).toBe(false);
    expect(openings).toBe(1);

    await page.reload();
    await lab.ready();
    expect(await isIsolated(page)).toBe(true);
    expect(await trainer(page).evaluate(() => crossOriginIsolated && typeof SharedArrayBuffer === 'function')).toBe(
      true,
    );
    expect(await note(page)).toMatch(ON_THREADS);
    expect(page.workers().filter((worker) => worker.url().includes('/kernelThread')).length).toBeGreaterThanOrEqual(1);
    expect(openings).toBe(2);
    await lab.button('Train').click();
    await lab.reachStep(3);

    await page.goto(`${inject('siteUrl')}bench.html`);
    expect(await isIsolated(page)).toBe(true);
  });

  inLongRun(() => {
    test('has an isolated benchmark page from its second opening on', async ({ page }) => {
      await page.goto(`${inject('siteUrl')}bench.html`);
      expect(await isIsolated(page)).toBe(false);
      expect(await registered(page)).toBe(inject('siteUrl'));
      await page.reload();
      expect(await isIsolated(page)).toBe(true);
    });
  });

  test('adds the headers to pages and workers, and leaves all else of a response', async ({ browser }) => {
    await openOwn(browser, { 'X-Own': 'kept', 'Cache-Control': 'no-store' }, async (page, { url }) => {
      await page.goto(url);
      await registered(page);
      const answer = await page.goto(`${url}index.html`);
      expect(await answer?.allHeaders()).toMatchObject({
        'content-type': 'text/html; charset=utf-8',
        'cross-origin-opener-policy': 'same-origin',
        'cross-origin-embedder-policy': 'require-corp',
        'x-own': 'kept',
      });
      const missing = await page.goto(`${url}missing.html`);
      expect([missing?.status(), await missing?.text(), missing?.fromServiceWorker()]).toEqual([
        404,
        'Not found',
        true,
      ]);
    });
  });

  test('fails as a host that cannot be reached where the network fails', async ({ browser }) => {
    await openOwn(browser, { 'Cache-Control': 'no-store' }, async (page, { url, close }) => {
      await page.goto(url);
      await registered(page);
      await page.goto(`${url}bench.html`);
      expect(await isControlled(page)).toBe(true);
      await close();
      const outcomes = await page.evaluate(async () => [
        await fetch('favicon.svg', { cache: 'no-store' }).then(
          ({ status }) => `status ${status}`,
          (error: Error) => error.name,
        ),
        await new Promise((resolve) => {
          const worker = new Worker('missing.js');
          worker.onerror = () => resolve('worker failed');
        }),
      ]);
      expect(outcomes).toEqual(['TypeError', 'worker failed']);
      await expect(page.goto(url)).rejects.toThrow(/net::ERR_/);
    });
  });
});

describe('a host that sends headers of isolation', () => {
  test('has its headers unchanged, and an isolated page at once', async ({ browser }) => {
    const headers = {
      'Cross-Origin-Opener-Policy': 'same-origin',
      'Cross-Origin-Embedder-Policy': 'credentialless',
      'Cache-Control': 'no-store',
    };
    await openOwn(browser, headers, async (page, { url }, context) => {
      const problems = watchForProblems(context, new URL(url).origin);
      const lab = await LabPage.open(page, '', url);
      expect(await isIsolated(page)).toBe(true);
      expect(await note(page)).toMatch(ON_THREADS);
      await registered(page);
      const answer = await page.reload();
      await lab.ready();
      expect(await isControlled(page)).toBe(true);
      const received = await answer?.allHeaders();
      expect(received?.['cross-origin-opener-policy']).toBe('same-origin');
      expect(received?.['cross-origin-embedder-policy']).toBe('credentialless');
      expect(await isIsolated(page)).toBe(true);
      expect(problems).toEqual([]);
    });
  });
});

describe('a browser that allows no service worker', () => {
  test('trains on one thread and says why, however often it is reloaded', async ({ page }) => {
    // As Firefox answers in a private window.
    await page.addInitScript(() => {
      navigator.serviceWorker.register = () => Promise.reject(new DOMException('forbidden', 'SecurityError'));
    });
    const lab = await LabPage.open(page);
    await page.reload();
    await lab.ready();
    expect(await isIsolated(page)).toBe(false);
    expect(await note(page)).toMatch(/on one thread.*cross-origin isolated.*service workers/s);
    await lab.button('Train').click();
    await lab.reachStep(3);
  });
});
