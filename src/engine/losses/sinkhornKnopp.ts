import * as tf from '@tensorflow/tfjs';
import { stopGradient } from '../network/nn/stopGradient';

export interface SinkhornSettings {
  readonly epsilon: number;
  readonly iterations: number;
}

/**
 * From this epsilon on exp(scores/epsilon) fits into float32: cosines differ by at most 2, and exp(-2/0.03) = 1e-29 is above its smallest
 * normal number, 1e-38.
 */
const LEAST_DIRECT_EPSILON = 0.03;

/**
 * Balanced soft assignments of B samples to K prototypes (SwAV, Sec. 3.1 and Listing 1): exp(scores/epsilon), normalised by turns,
 * prototypes first, so that each prototype gets the same share of the batch and each sample sums to 1. scores [B, K], cosines -> [B, K] in
 * [0, 1]. `epsilon` above 0; a small one is computed with logarithms. Differentiable, though SwAV takes it as a constant.
 */
export function sinkhornKnopp(scores: tf.Tensor2D, { epsilon, iterations }: SinkhornSettings): tf.Tensor2D {
  // Logarithms would change the last bits of runs of earlier versions, and take three times as many operations.
  return epsilon >= LEAST_DIRECT_EPSILON
    ? directly(scores, epsilon, iterations)
    : byLogarithms(scores, epsilon, iterations);
}

function directly(scores: tf.Tensor2D, epsilon: number, iterations: number): tf.Tensor2D {
  // A common factor does not change the result; this one makes the largest entry 1.
  const largest = stopGradient(tf.max(scores));
  let q = tf.exp(tf.div<tf.Tensor2D>(tf.sub(scores, largest), epsilon));
  for (let i = 0; i < iterations; i++) {
    q = tf.div(q, tf.sum(q, 0, true));
    q = tf.div(q, tf.sum(q, 1, true));
  }
  return q;
}

/** The same on log q, in which nothing underflows. */
function byLogarithms(scores: tf.Tensor2D, epsilon: number, iterations: number): tf.Tensor2D {
  let logQ = tf.div<tf.Tensor2D>(scores, epsilon);
  for (let i = 0; i < iterations; i++) {
    logQ = tf.sub(logQ, tf.logSumExp(logQ, 0, true));
    logQ = tf.sub(logQ, tf.logSumExp(logQ, 1, true));
  }
  return tf.exp(logQ);
}
