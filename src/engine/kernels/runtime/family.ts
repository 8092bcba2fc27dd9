import * as tf from '@tensorflow/tfjs';
import { isWebGpu } from './program';

/**
 * Who computes, where an op has more than one implementation: our WGSL, combinations of what tfjs's WASM backend is fast at, or plain
 * tfjs ops, which run anywhere.
 */
export type KernelFamily = 'webgpu' | 'wasm' | 'plain';

export function kernelFamily(): KernelFamily {
  if (isWebGpu()) return 'webgpu';
  return tf.getBackend() === 'wasm' ? 'wasm' : 'plain';
}
