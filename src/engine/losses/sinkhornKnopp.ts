import * as tf from '@tensorflow/tfjs';
import { stopGradient } from '../network/nn/stopGradient';

/**
 * Balanced soft assignments of B samples to K prototypes (SwAV, Sec. 3.1 and Listing 1): exp(scores/epsilon), made to give each prototype
 * the same share of the batch and each sample a sum of 1, by turns, prototypes first. scores [B, K], cosines -> [B, K] in [0, 1].
 * `epsilon` at least 0.03: below, float32 has no room for the smallest entries. Differentiable, though SwAV takes it as a constant.
 */
export function sinkhornKnopp(scores: tf.Tensor2D, { epsilon, iterations }: SinkhornSettings): tf.Tensor2D {
  // A common factor makes no difference to the result: the largest entry becomes 1.
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
