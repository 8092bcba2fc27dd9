import * as tf from '@tensorflow/tfjs';
import { kernelFamily } from '../kernels/family';
import type { Layer } from './layer';

/**
 * `layer` in training mode on two views of one shape: the same as `layer(x1)`, then `layer(x2)`, with BN statistics for each view by itself.
 * On WebGPU both go through in one batch: half the dispatches, each twice as large, and one gradient a parameter instead of
 * two to be added. Elsewhere, where a call costs little, one after the other.
 */
export function ofBothViews<In extends tf.Tensor, Out extends tf.Tensor>(
  layer: Layer<In, Out>,
  x1: In,
  x2: In,
): [Out, Out] {
  if (kernelFamily() !== 'webgpu') return [layer(x1, 'train'), layer(x2, 'train')];
  const y = layer(tf.concat([x1, x2]) as In, 'trainPair');
  const [y1, y2] = tf.split(y, 2);
  return [y1 as Out, y2 as Out];
}
