import * as tf from '@tensorflow/tfjs';

/** Below this norm a row counts as zero: it stays zero, with a finite gradient, instead of becoming NaN. */
export const MIN_NORM = 1e-8;

/** Rows of x [N, d] divided by their l2 norm; a zero row stays zero. */
export function l2Normalise(x: tf.Tensor2D): tf.Tensor2D {
  const squaredNorm = tf.sum(tf.square(x), 1, true);
  return tf.mul<tf.Tensor2D>(x, tf.rsqrt(tf.maximum(squaredNorm, MIN_NORM ** 2)));
}
