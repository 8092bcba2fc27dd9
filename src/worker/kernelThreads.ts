import type { ThreadHost } from '../engine/kernels/runtime/wasm/threads/crew';

/** A thread that has not started by then counts as failed: a policy of the host may forbid its worker. */
const PATIENCE_MS = 10_000;

/** Threads for the processor's engine as workers of this worker. */
export const kernelThreads: ThreadHost = {
  processors: navigator.hardwareConcurrency,
  start: (message) =>
    new Promise((resolve, reject) => {
      const worker = new Worker(new URL('./kernelThread.worker.ts', import.meta.url), { type: 'module' });
      const fail = (reason: string) => {
        clearTimeout(timer);
        worker.terminate();
        reject(new Error(`${reason}; reload the page to try again`));
      };
      const timer = setTimeout(() => fail('a worker did not answer'), PATIENCE_MS);
      worker.onmessage = () => {
        clearTimeout(timer);
        resolve(() => worker.terminate());
      };
      worker.onerror = (event) => fail(event.message || 'a worker could not be loaded');
      worker.postMessage(message);
    }),
};
