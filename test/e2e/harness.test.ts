import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchBrowser, newContext } from './harness/browser';
import { dropPaths } from './harness/drop';
import { mainThreadTasks, referenceTask } from './harness/mainThread';
import { watchForProblems } from './harness/problems';
import { type StaticServer, serveFolder } from './harness/staticServer';

// The other end-to-end tests rely on the harness to notice errors; these tests check that it does.
describe('the harness', () => {
  const folder = mkdtempSync(join(tmpdir(), 'harness-'));
  let server: StaticServer;
  let browser: Browser;

  const write = (name: string, text: string) => writeFileSync(join(folder, name), text);

  beforeAll(async () => {
    const policy = `<meta http-equiv="Content-Security-Policy" content="frame-src 'none'; script-src 'self' 'unsafe-inline'">`;
    write(
      'quiet.html',
      `<!doctype html>${policy}<title>Quiet</title><link rel="icon" href="data:,"><p>Nothing happens`,
    );
    write('worker.js', "fetch('http://127.0.0.1:9/from-worker').catch(() => {}); console.error('worker trouble')");
    server = await serveFolder(folder, '/sub/path/');
    browser = await launchBrowser('webgpu');
  });

  afterAll(async () => {
    await browser?.close();
    await server?.close();
    rmSync(folder, { recursive: true });
  });

  /** The problems reported for a page that runs `script`, once `done` returns true for them. */
  async function problemsOf(script: string, done: (problems: readonly string[]) => boolean): Promise<string[]> {
    const context = await newContext(browser);
    const problems = watchForProblems(context, new URL(server.url).origin);
    const page = await context.newPage();
    await page.goto(`${server.url}quiet.html`);
    await page.evaluate((code) => {
      const element = document.createElement('script');
      element.textContent = code;
      document.head.append(element);
    }, script);
    await expect.poll(() => done(problems)).toBe(true);
    await context.close();
    return [...problems];
  }

  it('reports nothing for a page without errors', async () => {
    // The error at the end shows that everything before it has run.
    const quiet = 'Promise.all([fetch("data:,x"), fetch("worker.js")]).then(() => console.error("over"))';
    const problems = await problemsOf(`console.log(1); ${quiet}`, ({ length }) => length > 0);
    expect(problems).toEqual([expect.stringMatching(/^console: over/)]);
  });

  it.each([
    ['an error on the console', 'console.error("trouble")', /^console: trouble/],
    ['an uncaught exception', 'setTimeout(() => { throw new Error("bang") })', /^uncaught: .*bang/],
    ['a rejection nobody handles', 'Promise.reject(new Error("dropped"))', /^uncaught: .*dropped/],
    ['a missing file', 'fetch("missing.bin")', /^console: .*404/],
    [
      "a breach of the page's policy",
      'document.body.append(document.createElement("iframe")); document.querySelector("iframe").src = "data:,x"',
      /^console: .*Content Security Policy/,
    ],
    // Later, because what Playwright evaluates may also compile code.
    [
      'a forbidden eval whose error is caught',
      'setTimeout(() => { try { new Function("") } catch {} })',
      /^console: Content Security Policy/,
    ],
    ['a request elsewhere', 'fetch("http://127.0.0.1:9/x").catch(() => {})', /^request: http:\/\/127\.0\.0\.1:9\/x/],
    ['a request elsewhere from a worker', 'new Worker("worker.js")', /^request: .*from-worker/],
    ['an error on the console of a worker', 'new Worker("worker.js")', /^console: worker trouble/],
  ])('notices %s', async (_, script, problem) => {
    const found = await problemsOf(script, (problems) => problems.some((text) => problem.test(text)));
    expect(found).toContainEqual(expect.stringMatching(problem));
  });

  it('serves nothing outside its folder', async () => {
    expect((await fetch(`${server.url}quiet.html`)).status).toBe(200);
    expect((await fetch(new URL('/quiet.html', server.url))).status).toBe(404);
    expect((await fetch(`${server.url}%2e%2e%2f%2e%2e%2fetc/passwd`)).status).toBe(404);
  });

  it('measures how long the main thread was busy, not how long it waited', async () => {
    const page = await browser.newPage();
    await page.goto(`${server.url}quiet.html`);
    const idle = () => new Promise((resolve) => setTimeout(resolve, 1000));
    const { tasks, references } = await mainThreadTasks(browser, page, async () => {
      await page.evaluate(idle);
      for (let n = 0; n < 3; n++) await referenceTask(page);
      await page.evaluate(idle);
    });
    expect(references).toHaveLength(3);
    for (const { cpuMs, wallMs } of references) {
      expect(cpuMs).toBeGreaterThan(10);
      // The two clocks are read one after the other.
      expect(cpuMs).toBeLessThan(wallMs + 5);
    }
    // Two seconds of waiting are not a task.
    const shortest = Math.min(...references.map(({ cpuMs }) => cpuMs));
    expect(tasks.filter(({ cpuMs }) => cpuMs > shortest)).toEqual([]);
    await page.close();
  });

  it('drops real directories', async () => {
    mkdirSync(join(folder, 'drop/inner'), { recursive: true });
    for (let i = 0; i < 120; i++) write(`drop/inner/${i}.txt`, String(i));
    const page = await browser.newPage();
    await page.goto(`${server.url}quiet.html`);
    const counted = page.evaluate(
      () =>
        new Promise<number>((resolve) => {
          addEventListener('dragover', (event) => event.preventDefault());
          addEventListener('drop', async (event) => {
            event.preventDefault();
            const count = async (entry: FileSystemEntry): Promise<number> => {
              if (!entry.isDirectory) return 1;
              const reader = (entry as FileSystemDirectoryEntry).createReader();
              let total = 0;
              for (;;) {
                const batch = await new Promise<FileSystemEntry[]>((done, fail) => reader.readEntries(done, fail));
                if (batch.length === 0) return total;
                for (const inner of batch) total += await count(inner);
              }
            };
            resolve(await count(event.dataTransfer!.items[0]!.webkitGetAsEntry()!));
          });
        }),
    );
    await dropPaths(page, [join(folder, 'drop')]);
    expect(await counted).toBe(120);
    await page.close();
  });
});
