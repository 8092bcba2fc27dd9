import * as tf from '@tensorflow/tfjs';
import type { EngineInfo } from '../../domain/engineInfo';
import { WASM_BACKEND, WasmBackend, wasmBackend } from '../kernels/runtime/wasm/backend';
import { Heap } from '../kernels/runtime/wasm/pools';
import { Crew, type ThreadHost, threadsWorthTrying } from '../kernels/runtime/wasm/threads/crew';
import { registerTfjsKernels } from '../kernels/wasm/tfjsKernels';
import { hasSharedMemory, hasSimd } from '../kernels/wasmgen/support';

/** Our own backend for the processor: kernels that are generated and compiled as they are needed. Starting it loads nothing. */

export interface WasmOptions {
  /** Creates the threads that share the work; without it the calling thread computes everything. */
  readonly threadHost?: ThreadHost | undefined;
  /** Threads in all, the calling one included; as many as the machine has processors, at most 8, when left out. */
  readonly threads?: number;
}

/** The global object, as far as threads are concerned. */
const scope = globalThis as { readonly crossOriginIsolated?: boolean };

/**
 * Why there can be one thread only, and what to do; null where more can be tried. Whether a shared memory can be created decides, since
 * WebKitGTK's pages can be isolated without `SharedArrayBuffer`.
 */
export function whyOneThread(processors: number): string | null {
  if (!hasSharedMemory()) {
    return scope.crossOriginIsolated === true
      ? 'This browser has no SharedArrayBuffer, which several threads need'
      : 'Several threads need a cross-origin isolated page: reload this page once, in a window where the browser allows service workers';
  }
  return processors > 1 ? null : 'The processor has one core';
}

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** The memory and its threads; with the reason where there is one thread only. */
async function makeCrew({ threadHost, threads }: WasmOptions): Promise<{
  readonly heap: Heap;
  readonly crew: Crew | null;
  readonly oneThreadReason: string | null;
}> {
  const alone = (oneThreadReason: string | null) => ({
    heap: new Heap({ isShared: false }),
    crew: null,
    oneThreadReason,
  });
  const wanted = threads ?? threadsWorthTrying(threadHost?.processors ?? 1);
  if (threadHost === undefined || threads === 1) return alone(null);
  const reason = whyOneThread(wanted);
  if (reason !== null) return alone(reason);
  try {
    const heap = new Heap({ isShared: true });
    return { heap, crew: await Crew.start(heap.memory, threadHost, wanted), oneThreadReason: null };
  } catch (error) {
    return alone(`${wanted} threads did not start: ${reasonOf(error)}`);
  }
}

/**
 * Starts the backend afresh.
 * @throws Error saying why it cannot run here
 */
export async function startWasm(options: WasmOptions = {}): Promise<EngineInfo> {
  if (!hasSimd()) throw new Error('WebAssembly is missing here, or has no vector instructions');
  registerTfjsKernels();
  if (tf.findBackendFactory(WASM_BACKEND) !== null) tf.removeBackend(WASM_BACKEND);
  const { heap, crew, oneThreadReason } = await makeCrew(options);
  tf.registerBackend(WASM_BACKEND, () => new WasmBackend(heap, crew));
  if (!(await tf.setBackend(WASM_BACKEND))) throw new Error('its WebAssembly did not start');
  const { variant, threads } = wasmBackend();
  return {
    engine: 'wasm',
    // Records keep the description: fused multiply-adds change the last bits of a run, the number of threads does not.
    description: `processor, ${threads === 1 ? '1 thread' : `${threads} threads`}${variant.fma ? ', relaxed SIMD' : ''}`,
    isSoftware: true,
    features: ['simd', 'winograd', ...(variant.fma ? ['relaxed-simd'] : [])],
    threads,
    oneThreadReason,
    fallbackReason: null,
  };
}
