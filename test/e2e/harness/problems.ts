import type { BrowserContext } from 'playwright-core';

/**
 * Collects, from now on, the problems that must not occur in any test: errors on the console of pages and workers (including
 * violations of the Content-Security-Policy, also those that code catches), uncaught exceptions, and requests to another origin.
 */
export function watchForProblems(context: BrowserContext, origin: string): readonly string[] {
  const problems: string[] = [];
  context.on('console', (message) => {
    if (message.type() === 'error') problems.push(`console: ${message.text()} (${message.location().url})`);
  });
  // Chromium does not write to the console that code caught the error of a forbidden eval.
  void context.addInitScript(() => {
    document.addEventListener('securitypolicyviolation', ({ violatedDirective, sourceFile, lineNumber, sample }) => {
      console.error(`Content Security Policy: ${violatedDirective} in ${sourceFile}:${lineNumber} ${sample}`);
    });
  });
  context.on('weberror', (error) => problems.push(`uncaught: ${error.error().stack ?? error.error().message}`));
  context.on('request', (request) => {
    const url = new URL(request.url());
    // blob: URLs have the origin that created them; data: URLs make no request.
    if (url.protocol !== 'data:' && url.origin !== origin) problems.push(`request: ${request.url()}`);
  });
  return problems;
}
