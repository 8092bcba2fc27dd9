import * as tf from '@tensorflow/tfjs';

/**
 * The same values, treated as a constant (Eq. 3): no gradient flows back through it, and none is computed.
 * The tape follows an op's arguments; x is not one of them here, so the tape ends.
 */
export function stopGradient<T extends tf.Tensor>(x: T): T {
  const constant = tf.customGrad((unused) => ({
    value: tf.clone(x),
    gradFunc: () => tf.zerosLike(unused as tf.Tensor),
  }));
  return constant(tf.scalar(0)) as T;
}

/**
 * The result of `compute` as a constant. Unlike with `stopGradient`, the tape does not record the computation, and its intermediates are
 * freed at once.
 */
export function withoutGradient<T extends tf.Tensor>(compute: () => T): T {
  const constant = tf.customGrad((unused) => ({
    value: compute(),
    gradFunc: () => tf.zerosLike(unused as tf.Tensor),
  }));
  return constant(tf.scalar(0)) as T;
}
