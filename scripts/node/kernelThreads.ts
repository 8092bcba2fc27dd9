import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { ThreadHost } from '../../src/engine/kernels/runtime/wasm/threads/crew';

/** Node 20 cannot load TypeScript by itself, nor with the loader of the thread that starts this one. */
const LOADER = `import('tsx/esm/api').then(({ tsImport }) =>
  tsImport(${JSON.stringify(new URL('./kernelThread.ts', import.meta.url).href)}, ${JSON.stringify(import.meta.url)}));`;

/** Threads for the processor's engine under Node. They do not keep the process alive. */
export const kernelThreads: ThreadHost = {
  processors: availableParallelism(),
  start: (message) =>
    new Promise((resolve, reject) => {
      const worker = new Worker(LOADER, { eval: true, workerData: message });
      worker.once('error', reject);
      worker.once('message', () => {
        worker.unref();
        resolve(() => void worker.terminate());
      });
    }),
};
