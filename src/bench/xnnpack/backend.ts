import * as tf from '@tensorflow/tfjs';
import { replaceSlowKernels } from './replacements';

/**
 * tfjs's backend for the processor (XNNPACK, compiled to WebAssembly) on one thread, as a contender of our engine `wasm`. tfjs calls both
 * “wasm”, so tfjs's is renamed here.
 */
export const XNNPACK_BACKEND = 'xnnpack';

/** The name under which tfjs's package registers itself, which is our engine's. */
const TFJS_NAME = 'wasm';

/** In this form Vite finds and copies the file. */
const BINARY = new URL(
  '../../../node_modules/@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm',
  import.meta.url,
).href;

type BackendFactory = ReturnType<typeof tf.findBackendFactory>;

function unregister(kernels: readonly tf.KernelConfig[]): void {
  for (const { kernelName } of kernels) tf.unregisterKernel(kernelName, TFJS_NAME);
}

/** Loads tfjs's package and renames what it registers; kernels that our engine registered before keep their name. */
async function load(): Promise<BackendFactory> {
  const ours = tf.getKernelsForBackend(TFJS_NAME);
  unregister(ours);
  if (tf.findBackendFactory(TFJS_NAME) !== null) tf.removeBackend(TFJS_NAME);
  const { setWasmPaths } = await import('@tensorflow/tfjs-backend-wasm');
  const factory = tf.findBackendFactory(TFJS_NAME);
  tf.removeBackend(TFJS_NAME);
  tf.copyRegisteredKernels(TFJS_NAME, XNNPACK_BACKEND);
  unregister(tf.getKernelsForBackend(TFJS_NAME));
  for (const kernel of ours) tf.registerKernel(kernel);
  replaceSlowKernels(XNNPACK_BACKEND);
  // Only the binary for one thread is used, but tfjs wants to know where all three are.
  setWasmPaths({
    'tfjs-backend-wasm.wasm': BINARY,
    'tfjs-backend-wasm-simd.wasm': BINARY,
    'tfjs-backend-wasm-threaded-simd.wasm': BINARY,
  });
  tf.env().set('WASM_HAS_MULTITHREAD_SUPPORT', false);
  return factory;
}

let loading: Promise<BackendFactory> | null = null;

/**
 * Starts the backend, whose code and binary are loaded now. Call it before our engine `wasm` is started, since the first call stops that.
 * @throws Error when it cannot be loaded
 */
export async function startXnnpack(): Promise<true> {
  loading ??= load();
  const factory = await loading;
  if (tf.findBackendFactory(XNNPACK_BACKEND) === null) tf.registerBackend(XNNPACK_BACKEND, factory);
  if (!(await tf.setBackend(XNNPACK_BACKEND))) throw new Error('tfjs’s WASM backend did not start');
  return true;
}

/** Frees the backend and its tensors. */
export function stopXnnpack(): void {
  if (tf.findBackendFactory(XNNPACK_BACKEND) !== null) tf.removeBackend(XNNPACK_BACKEND);
}
