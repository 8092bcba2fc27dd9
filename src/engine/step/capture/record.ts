import { isWebGpu } from '../../kernels/runtime/program';
import { isWasm } from '../../kernels/runtime/wasm/backend';
import { GpuRecording } from './gpuRecording';
import type { Recording, Results } from './recording';
import { WasmRecording } from './wasmRecording';

/** Whether the backend that runs can record. */
export function canRecord(): boolean {
  return isWebGpu() || isWasm();
}

/**
 * Records what `body` does, without executing it; where `canRecord()`. Tensors from outside keep their places: what is written there
 * between two replays, the next replay reads. `body` returns the tensors to be kept, and must free all others it makes.
 * @throws Error when `body` reads from the device, or disposes or assigns to a tensor from outside
 */
export function record<T extends Results>(body: () => T): Recording<T> {
  return isWasm() ? new WasmRecording(body) : new GpuRecording(body);
}
