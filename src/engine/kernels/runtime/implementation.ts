import { isWebGpu } from './program';
import { isWasm } from './wasm/backend';

/** What computes an op: our WGSL, generated WebAssembly on our own backend, or plain tfjs ops, which run on any backend. */
export type Implementation = 'webgpu' | 'wasm' | 'plain';

/** The implementation that the active backend calls for; one that an op does not have is replaced by its plain one. */
export function currentImplementation(): Implementation {
  if (isWebGpu()) return 'webgpu';
  return isWasm() ? 'wasm' : 'plain';
}
