import { isWebGpu } from './program';
import { isWasm } from './wasm/backend';

/** What computes an op: our WGSL, generated WebAssembly on our own backend, or plain tfjs ops, which run on any backend. */
export type Implementation = 'webgpu' | 'wasm' | 'plain';

/** The implementation for the active backend; an op that does not have it uses its plain one. */
export function currentImplementation(): Implementation {
  if (isWebGpu()) return 'webgpu';
  return isWasm() ? 'wasm' : 'plain';
}
