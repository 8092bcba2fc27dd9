import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { TestProject } from 'vitest/node';
import { serveFolder } from './staticServer';

declare module 'vitest' {
  export interface ProvidedContext {
    /** Where the built site is served, ending in a slash. */
    siteUrl: string;
    /** The folder of the built site, for a test that needs a server of its own. */
    siteFolder: string;
  }
}

const ROOT = join(import.meta.dirname, '../../..');
/** Not dist/, so that a build made by the developer is not overwritten. */
const SITE = join(ROOT, 'test-results/site');

/** Builds the site once for all end-to-end tests, and serves it from a sub-path, as a project page would be. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  // A separate process, because the test runner sets NODE_ENV and the build needs production mode.
  await promisify(execFile)(
    process.execPath,
    [join(ROOT, 'node_modules/vite/bin/vite.js'), 'build', '--outDir', SITE, '--emptyOutDir', '--logLevel', 'warn'],
    { cwd: ROOT, env: { ...process.env, NODE_ENV: 'production' } },
  );
  const server = await serveFolder(SITE, '/some/where/simsiam-lab/');
  project.provide('siteUrl', server.url);
  project.provide('siteFolder', SITE);
  return () => server.close();
}
