import type { Plugin } from 'vite';

/** WebKit does not load what a worker of a worker imports where a service worker is there, so that its code stays in the entry. */
const NESTED = /\/decode\.worker-/;

/**
 * Refuses a build in which a chunk of a worker imports the worker's entry: WebKit does not recognise the entry of a worker as a module that is
 * loaded already, and runs it a second time.
 */
export function workerEntries(): Plugin {
  return {
    name: 'worker-entries',
    generateBundle(_, bundle) {
      const chunks = Object.values(bundle).filter((file) => file.type === 'chunk');
      const entries = new Set(chunks.filter(({ isEntry }) => isEntry).map(({ fileName }) => fileName));
      for (const { fileName, imports, dynamicImports } of chunks) {
        const entry = [...imports, ...dynamicImports].find((name) => entries.has(name) && !NESTED.test(`/${name}`));
        if (entry === undefined) continue;
        this.error(
          `${fileName} imports ${entry}, which is the entry of a worker: give the worker's code a chunk of its own.`,
        );
      }
    },
  };
}
