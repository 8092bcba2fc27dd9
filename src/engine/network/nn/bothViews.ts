import * as tf from '@tensorflow/tfjs';
import { currentImplementation } from '../../kernels/runtime/implementation';
import type { Layer } from './layer';

/** The two views of a batch, or what a layer makes of them. */
export interface Pair<T extends tf.Tensor> {
  readonly first: T;
  readonly second: T;
  /** Both, one behind the other along the batch; null where they are better computed one by one. */
  readonly both: T | null;
}

/**
 * Two views of one shape, for `onPair`. On WebGPU they are put in one batch: half the dispatches, each twice as large, and one
 * gradient a parameter instead of two to be added. Elsewhere, where a call costs little, they stay apart.
 */
export function pairOf<T extends tf.Tensor>(first: T, second: T): Pair<T> {
  return { first, second, both: currentImplementation() === 'webgpu' ? (tf.concat([first, second]) as T) : null };
}

/** `layer` in training mode: the same as on the first view, then on the second, with BN statistics for each view by itself. */
export function onPair<In extends tf.Tensor, Out extends tf.Tensor>(
  layer: Layer<In, Out>,
  { first, second, both }: Pair<In>,
): Pair<Out> {
  if (both === null) return { first: layer(first, 'train'), second: layer(second, 'train'), both };
  const y = layer(both, 'trainPair');
  const [y1, y2] = tf.split(y, 2) as Out[];
  return { first: y1, second: y2, both: y };
}
