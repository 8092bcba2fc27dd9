import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, preview } from 'vite';

const PAGE = fileURLToPath(new URL('./importPage', import.meta.url));
const PROJECT = fileURLToPath(new URL('../..', import.meta.url));

export interface ImportSite {
  readonly url: string;
  close(): Promise<void>;
}

/** Builds the bare import page as the app is built, workers and Content-Security-Policy included, and serves it. */
export async function serveImportSite(): Promise<ImportSite> {
  const outDir = await mkdtemp(join(tmpdir(), 'import-page-'));
  const shared = {
    root: PAGE,
    configFile: join(PROJECT, 'vite.config.ts'),
    publicDir: join(PROJECT, 'public'),
    logLevel: 'warn',
  } as const;
  await build({ ...shared, build: { outDir, emptyOutDir: true } });
  const server = await preview({ ...shared, build: { outDir }, preview: { port: 0, host: 'localhost' } });
  const [url] = server.resolvedUrls?.local ?? [];
  if (url === undefined) throw new Error('the import page has no address');
  return {
    url,
    async close() {
      await server.close();
      await rm(outDir, { recursive: true, force: true });
    },
  };
}
