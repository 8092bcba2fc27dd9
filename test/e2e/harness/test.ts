import type { BrowserContextOptions } from 'playwright-core';
import { test as base, expect, inject } from 'vitest';
import { type BrowserEngine, launchBrowser, newContext } from './browser';
import { watchForProblems } from './problems';

const CONTEXT: BrowserContextOptions = { viewport: { width: 1280, height: 900 }, locale: 'en-GB' };

/**
 * A `test` whose fixture `page` is a new page in a Chromium that offers `engine`. It fails on every problem that
 * `watchForProblems` collects. The page is blank: see `openSite`.
 */
export function testIn(engine: BrowserEngine, options: BrowserContextOptions = {}) {
  return base
    .extend('browser', { scope: 'file' }, async ({}, { onCleanup }) => {
      const browser = await launchBrowser(engine);
      onCleanup(() => browser.close());
      return browser;
    })
    .extend('page', async ({ browser }, { onCleanup }) => {
      const context = await newContext(browser, { ...CONTEXT, ...options });
      const problems = watchForProblems(context, new URL(inject('siteUrl')).origin);
      onCleanup(async () => {
        await context.close();
        expect(problems, 'problems seen by the browser').toEqual([]);
      });
      return context.newPage();
    });
}

export const test = testIn('webgpu');
