import * as tf from '@tensorflow/tfjs';

/**
 * One half of SwAV's swapped prediction (Eq. 2): -sum_k q_k log softmax(scores/T)_k, averaged over the samples. `scores` [B, K] of one
 * view, assignments `q` [B, K] of the other; the gradient flows into both, and the caller applies stop-gradient.
 */
export function swappedPrediction(scores: tf.Tensor2D, q: tf.Tensor2D, temperature: number): tf.Scalar {
  const logProbability = tf.logSoftmax(tf.div<tf.Tensor2D>(scores, temperature));
  return tf.neg(tf.mean(tf.sum(tf.mul(q, logProbability), 1))) as tf.Scalar;
}
