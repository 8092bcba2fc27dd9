import * as tf from '@tensorflow/tfjs';

/** Added to each variance, as in the BN without affine that the official code normalises with. */
const EPSILON = 1e-5;

/**
 * Barlow Twins (Eq. 1): L = sum_i (1 - C_ii)^2 + lambda sum_i sum_{j != i} C_ij^2, the invariance term and the redundancy reduction term,
 * where (Eq. 2) C_ij = sum_b a_bi b_bj / ( sqrt(sum_b a_bi^2) sqrt(sum_b b_bj^2) ) is the cross-correlation of dimension i of `a` with
 * dimension j of `b`, both [N, d], each dimension centred along the batch. At least 0; d where `a` or `b` is constant, as C then is 0. The
 * gradient flows into both; stop-gradient is applied by the caller.
 */
export function barlowTwins(a: tf.Tensor2D, b: tf.Tensor2D, lambda: number): tf.Scalar {
  const [rows] = a.shape;
  const an = standardised(a);
  const bn = standardised(b);
  const correlation = tf.div(tf.matMul(an, bn, true, false), rows);
  // C_ii is computed separately, which needs no d x d mask.
  const diagonal = tf.mean(tf.mul(an, bn), 0);
  const invariance = tf.sum(tf.square(tf.sub(1, diagonal)));
  const redundancy = tf.sub(tf.sum(tf.square(correlation)), tf.sum(tf.square(diagonal)));
  return tf.add<tf.Scalar>(invariance, tf.mul(redundancy, lambda));
}

/** Each dimension of x [N, d] with mean 0 and (biased) variance 1 along the batch; a constant one becomes 0. */
function standardised(x: tf.Tensor2D): tf.Tensor2D {
  const centred = tf.sub<tf.Tensor2D>(x, tf.mean(x, 0, true));
  const variance = tf.mean(tf.square(centred), 0, true);
  return tf.mul(centred, tf.rsqrt(tf.add(variance, EPSILON)));
}
