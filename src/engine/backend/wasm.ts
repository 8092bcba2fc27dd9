import * as tf from '@tensorflow/tfjs';
import { getThreadsCount, setThreadsCount, setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import { registerWasmKernels } from '../kernels/wasm/register';
import type { EngineInfo } from './engineInfo';

/**
 * tfjs's WASM backend with our training kernels: the processor's vector instructions, and all its cores where the page is cross-origin
 * isolated. A module of its own, so that a machine with a GPU never loads it.
 */

/** Known to browsers, workers and Node alike; the engine's types leave it out along with the DOM. */
declare const URL: new (path: string, base: string) => { readonly href: string };

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

const factory = tf.findBackendFactory('wasm');

/**
 * Starts the backend afresh.
 * @param threads at most this many; all cores when null. More than one only where the page is cross-origin isolated.
 * @throws Error saying why it cannot run here
 */
export async function startWasm(threads: number | null): Promise<EngineInfo> {
  registerWasmKernels();
  if (!(await tf.env().getAsync('WASM_HAS_SIMD_SUPPORT'))) {
    throw new Error('WebAssembly has no vector instructions here, and would be too slow');
  }
  setWasmPaths(Object.fromEntries(Object.entries(BINARIES).map(([name, { href }]) => [name, href])));
  setThreadsCount(threads ?? -1);
  if (tf.findBackendFactory('wasm') === null) tf.registerBackend('wasm', factory);
  if (!(await tf.setBackend('wasm'))) throw new Error('its WebAssembly did not start');
  const used = Math.max(1, getThreadsCount());
  return {
    engine: 'wasm',
    description: `processor, ${used === 1 ? '1 thread' : `${used} threads`}`,
    isSoftware: true,
    features: [],
    threads: used,
    fallbackReason: null,
  };
}
