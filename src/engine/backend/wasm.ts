import * as tf from '@tensorflow/tfjs';
import { getThreadsCount, setThreadsCount, setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import type { EngineInfo } from '../../domain/engineInfo';
import { registerWasmKernels } from '../kernels/wasm/register';
import { trainingRate } from './speed';
import { MAX_THREADS, threadsWorthTrying, whyOneThread } from './threads';

/**
 * tfjs's WASM backend with our training kernels. It uses the processor's vector instructions, and up to 8 threads where they can
 * share a memory. It is a separate module, so that a machine with a GPU never loads it.
 */

/** Globals of browsers, workers and Node, declared here because the engine compiles without the DOM types. */
declare const URL: new (path: string, base: string) => { readonly href: string };
declare function setTimeout(work: () => void, milliseconds: number): unknown;

declare global {
  interface ImportMeta {
    url: string;
  }
}

/** URLs of the binaries, in the form in which Vite finds and copies them; under Node they are file URLs. */
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

// Set once, at load: tfjs rejects paths after a failed start, although a start may be tried again.
setWasmPaths(Object.fromEntries(Object.entries(BINARIES).map(([name, { href }]) => [name, href])));

const factory = tf.findBackendFactory('wasm');

/** Time in which threads must start, in milliseconds. A policy of the host may forbid their workers. */
const THREADS_PATIENCE_MS = 10_000;

/**
 * Starts `threads` threads if they are faster than one. Threads wait for one another by spinning, so that one is faster on a busy
 * processor.
 * @returns why one thread runs; null when all do
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

/** Runs `work` while `hardwareConcurrency` reports twice its value, because tfjs uses at most half of it. */
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

/** Starts the backend on this many threads. @throws Error when it does not start. */
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
  if (!(await started)) throw new Error('the WASM backend of tfjs did not start');
}

/**
 * Starts or restarts the backend.
 * @param threads number of threads, up to 8; chosen by measurement when null. Always one where `whyOneThread` gives a reason.
 * @throws Error saying why it cannot run here
 */
export async function startWasm(threads: number | null): Promise<EngineInfo> {
  registerWasmKernels();
  if (!(await tf.env().getAsync('WASM_HAS_SIMD_SUPPORT'))) {
    throw new Error('WebAssembly with vector instructions (SIMD) is not available');
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
