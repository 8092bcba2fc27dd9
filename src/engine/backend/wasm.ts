import * as tf from '@tensorflow/tfjs';
import { getThreadsCount, setThreadsCount, setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import type { EngineInfo } from '../../domain/engineInfo';
import { registerWasmKernels } from '../kernels/wasm/register';
import { trainingRate } from './speed';
import { MAX_THREADS, threadsWorthTrying, whyOneThread } from './threads';

/**
 * tfjs's WASM backend with our training kernels: the processor's vector instructions, and several of its cores where threads can share a
 * memory. A module of its own, so that a machine with a GPU never loads it.
 */

/** Known to browsers, workers and Node alike; the engine's types leave them out along with the DOM. */
declare const URL: new (path: string, base: string) => { readonly href: string };
declare function setTimeout(work: () => void, milliseconds: number): unknown;

declare global {
  interface ImportMeta {
    url: string;
  }
}

/** Where the binaries lie. Written so that Vite finds and copies them; under Node they are files. */
const BINARIES = {
  'tfjs-backend-wasm.wasm': new URL(
    '../../../node_modules/@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm.wasm',
    import.meta.url,
  ),
  'tfjs-backend-wasm-simd.wasm': new URL(
    '../../../node_modules/@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm',
    import.meta.url,
  ),
  'tfjs-backend-wasm-threaded-simd.wasm': new URL(
    '../../../node_modules/@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-threaded-simd.wasm',
    import.meta.url,
  ),
};

// Once: tfjs takes no paths after a start that failed, although it may be tried again.
setWasmPaths(Object.fromEntries(Object.entries(BINARIES).map(([name, { href }]) => [name, href])));

const factory = tf.findBackendFactory('wasm');

/** Threads that have not started by then never will: their workers may be forbidden by a policy of the host. */
const THREADS_PATIENCE_MS = 10_000;

/**
 * Threads wait for one another by spinning: on a processor that others keep busy one alone is faster.
 * @returns why one thread runs, in words; null when all do
 */
async function startOnTheFaster(threads: number): Promise<string | null> {
  await startOn(1);
  const alone = await trainingRate();
  await startOn(threads);
  const together = await trainingRate();
  if (together >= alone) return null;
  await startOn(1);
  return `One thread is faster here than ${threads}, ${alone.toPrecision(2)} against ${together.toPrecision(2)} GFLOP/s`;
}

function within<T>(milliseconds: number, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    setTimeout(() => reject(new Error('its threads did not start')), milliseconds);
    work.then(resolve, reject);
  });
}

/** Runs `work` while the processor seems to have twice as many threads: tfjs takes half of what there is at most. */
async function seeingTwice<T>(work: () => Promise<T>): Promise<T> {
  const { navigator } = globalThis as { readonly navigator?: { readonly hardwareConcurrency?: number } };
  if (navigator?.hardwareConcurrency === undefined) return work();
  Object.defineProperty(navigator, 'hardwareConcurrency', {
    value: 2 * navigator.hardwareConcurrency,
    configurable: true,
  });
  try {
    return await work();
  } finally {
    Reflect.deleteProperty(navigator, 'hardwareConcurrency');
  }
}

/** Starts the backend on so many threads, or throws. */
async function startOn(threads: number): Promise<void> {
  if (tf.findBackendFactory('wasm') !== null) tf.removeBackend('wasm');
  tf.registerBackend('wasm', factory);
  tf.env().set('WASM_HAS_MULTITHREAD_SUPPORT', threads > 1);
  setThreadsCount(threads);
  const started =
    threads > 1
      ? within(
          THREADS_PATIENCE_MS,
          seeingTwice(() => tf.setBackend('wasm')),
        )
      : tf.setBackend('wasm');
  if (!(await started)) throw new Error('its WebAssembly did not start');
}

/**
 * Starts the backend afresh.
 * @param threads this many, up to 8; as many as are faster by measurement when null. One where `whyOneThread` gives a reason.
 * @throws Error saying why it cannot run here
 */
export async function startWasm(threads: number | null): Promise<EngineInfo> {
  registerWasmKernels();
  if (!(await tf.env().getAsync('WASM_HAS_SIMD_SUPPORT'))) {
    throw new Error('WebAssembly is missing here, or has no vector instructions');
  }
  let oneThreadReason = whyOneThread();
  const wanted = oneThreadReason === null ? Math.min(MAX_THREADS, threads ?? threadsWorthTrying()) : 1;
  try {
    if (threads === null && wanted > 1) oneThreadReason = await startOnTheFaster(wanted);
    else await startOn(wanted);
  } catch (error) {
    if (wanted === 1) throw error;
    oneThreadReason = `${wanted} threads failed: ${error instanceof Error ? error.message : String(error)}`;
    await startOn(1);
  }
  const used = Math.max(1, getThreadsCount());
  return {
    engine: 'wasm',
    description: `processor, ${used === 1 ? '1 thread' : `${used} threads`}`,
    isSoftware: true,
    features: [],
    threads: used,
    oneThreadReason,
    fallbackReason: null,
  };
}
