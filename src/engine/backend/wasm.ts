import * as tf from '@tensorflow/tfjs';
import type { EngineInfo } from '../../domain/engineInfo';
import { WASM_BACKEND, WasmBackend, wasmBackend } from '../kernels/runtime/wasm/backend';
import { registerTfjsKernels } from '../kernels/wasm/tfjsKernels';
import { hasSimd } from '../kernels/wasmgen/support';

/** Our own backend for the processor: kernels that are generated and compiled as they are needed. Starting it loads nothing. */

/**
 * Starts the backend afresh, on one thread.
 * @throws Error saying why it cannot run here
 */
export async function startWasm(): Promise<EngineInfo> {
  if (!hasSimd()) throw new Error('WebAssembly is missing here, or has no vector instructions');
  registerTfjsKernels();
  if (tf.findBackendFactory(WASM_BACKEND) !== null) tf.removeBackend(WASM_BACKEND);
  tf.registerBackend(WASM_BACKEND, () => new WasmBackend());
  if (!(await tf.setBackend(WASM_BACKEND))) throw new Error('its WebAssembly did not start');
  const { fma } = wasmBackend().variant;
  return {
    engine: 'wasm',
    // Records keep the description: fused multiply-adds change the last bits of a run.
    description: `processor, 1 thread${fma ? ', relaxed SIMD' : ''}`,
    isSoftware: true,
    features: ['simd', 'winograd', ...(fma ? ['relaxed-simd'] : [])],
    threads: 1,
    fallbackReason: null,
  };
}
