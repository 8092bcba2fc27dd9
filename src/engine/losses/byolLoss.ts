import * as tf from '@tensorflow/tfjs';
import { negativeCosine } from './negativeCosine';

/**
 * BYOL's regression loss of one direction (Eq. 2): |q/|q| - z/|z||^2 = 2 - 2 cos(q, z), averaged over the batch; in [0, 4]. Prediction q and
 * target z [N, d]; the loss of a step is the sum of both directions.
 */
export function byolLoss(q: tf.Tensor2D, z: tf.Tensor2D): tf.Scalar {
  return tf.add(tf.mul(negativeCosine(q, z), 2), 2);
}
