import type { BrowserContext } from 'playwright-core';

/**
 * Collects, from now on, all that must never happen in any test: errors on the console (of pages and of workers; a breach of
 * the Content-Security-Policy is one), uncaught exceptions, and requests that leave the origin.
 */
export function watchForProblems(context: BrowserContext, origin: string): readonly string[] {
  const problems: string[] = [];
  context.on('console', (message) => {
    if (message.type() === 'error') problems.push(`console: ${message.text()} (${message.location().url})`);
  });
  context.on('weberror', (error) => problems.push(`uncaught: ${error.error().stack ?? error.error().message}`));
  context.on('request', (request) => {
    const url = new URL(request.url());
    // blob: URLs carry the origin that made them; data: URLs go nowhere.
    if (url.protocol !== 'data:' && url.origin !== origin) problems.push(`request: ${request.url()}`);
  });
  return problems;
}
