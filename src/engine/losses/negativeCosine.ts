import type * as tf from '@tensorflow/tfjs';
import { fusedNegativeCosine } from '../kernels/negativeCosine';

/**
 * Eq. 1: D(p, z) = -(p/|p|_2) . (z/|z|_2), averaged over the batch; in [-1, 1], -1 where all directions agree. p, z [N, d]. A zero row
 * contributes 0. The gradient flows into both arguments; the caller applies the stop-gradient of Eq. 3.
 */
export function negativeCosine(p: tf.Tensor2D, z: tf.Tensor2D): tf.Scalar {
  return fusedNegativeCosine(p, z);
}
