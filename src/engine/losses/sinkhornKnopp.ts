import * as tf from '@tensorflow/tfjs';
import { stopGradient } from '../network/nn/stopGradient';

/**
 * Balanced soft assignments of B samples to K prototypes (SwAV, Sec. 3.1 and Listing 1): exp(scores/epsilon), normalised by turns,
 * prototypes first, so that each prototype gets the same share of the batch and each sample sums to 1. scores [B, K], cosines -> [B, K] in
 * [0, 1]. `epsilon` at least 0.03: below, the smallest entries underflow in float32. Differentiable, though SwAV takes it as a constant.
 */
export function sinkhornKnopp(scores: tf.Tensor2D, { epsilon, iterations }: SinkhornSettings): tf.Tensor2D {
  // A common factor does not change the result; this one makes the largest entry 1.
  const largest = stopGradient(tf.max(scores));
  let q = tf.exp(tf.div<tf.Tensor2D>(tf.sub(scores, largest), epsilon));
  for (let i = 0; i < iterations; i++) {
    q = tf.div(q, tf.sum(q, 0, true));
    q = tf.div(q, tf.sum(q, 1, true));
  }
  return q;
}

export interface SinkhornSettings {
  readonly epsilon: number;
  readonly iterations: number;
}
