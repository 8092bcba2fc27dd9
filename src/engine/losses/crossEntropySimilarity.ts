import * as tf from '@tensorflow/tfjs';

/**
 * Sec. 4.5: D(p, z) = -softmax(z) . log softmax(p), softmax along the channels, averaged over the batch. p, z [N, d]. At least 0; log d
 * where both softmaxes are uniform.
 */
export function crossEntropySimilarity(p: tf.Tensor2D, z: tf.Tensor2D): tf.Scalar {
  return tf.neg(tf.mean(tf.sum(tf.mul(tf.softmax(z), tf.logSoftmax(p)), 1))) as tf.Scalar;
}
