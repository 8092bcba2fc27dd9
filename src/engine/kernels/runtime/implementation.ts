import * as tf from '@tensorflow/tfjs';
import { isWebGpu } from './program';

/** What computes an op: our WGSL, what we wrote for tfjs's WASM backend, or plain tfjs ops, which run on any backend. */
export type Implementation = 'webgpu' | 'wasm' | 'plain';

/** The implementation for the active backend; an op that does not have it uses its plain one. */
export function currentImplementation(): Implementation {
  if (isWebGpu()) return 'webgpu';
  return tf.getBackend() === 'wasm' ? 'wasm' : 'plain';
}
