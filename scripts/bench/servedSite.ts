import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type InlineConfig, preview } from 'vite';
import { contentSecurityPolicy } from '../vite/contentSecurityPolicy';

const PROJECT = fileURLToPath(new URL('../..', import.meta.url));

export interface ServedSite {
  readonly url: string;
  /** The folder of the built site. */
  readonly folder: string;
  close(): Promise<void>;
}

async function serve(config: InlineConfig): Promise<ServedSite> {
  const outDir = await mkdtemp(join(tmpdir(), 'bench-site-'));
  await build({ ...config, logLevel: 'warn', build: { outDir, emptyOutDir: true } });
  const server = await preview({
    ...config,
    logLevel: 'warn',
    build: { outDir },
    preview: { port: 0, host: 'localhost' },
  });
  const [url] = server.resolvedUrls?.local ?? [];
  if (url === undefined) throw new Error('the site has no address');
  return {
    url,
    folder: outDir,
    async close() {
      await server.close();
      await rm(outDir, { recursive: true, force: true });
    },
  };
}

/** The app, built and served as in production. */
export function serveApp(): Promise<ServedSite> {
  return serve({ root: PROJECT });
}

/** The import page without the app's interface, built with the app's workers and Content-Security-Policy. */
export function serveImportPage(): Promise<ServedSite> {
  return servePage('./importPage');
}

/** The page of the soak test, built in the same way. */
export function serveSoakPage(): Promise<ServedSite> {
  return servePage('../soak/page');
}

function servePage(folder: string): Promise<ServedSite> {
  return serve({
    root: fileURLToPath(new URL(folder, import.meta.url)),
    configFile: false,
    publicDir: join(PROJECT, 'public'),
    plugins: [contentSecurityPolicy()],
    worker: { format: 'es' },
  });
}
