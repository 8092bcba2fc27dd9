import * as tf from '@tensorflow/tfjs';

/**
 * The sum of tensors of one shape, of any number: `tf.addN` binds all of them in one program, which WebGPU allows for few only. Call it
 * inside `tf.tidy`, and with one tensor at least.
 */
export function sumOf<T extends tf.Tensor>(tensors: readonly T[]): T {
  return tensors.reduce((sum, tensor) => tf.add(sum, tensor));
}
