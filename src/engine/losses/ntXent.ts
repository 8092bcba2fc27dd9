import * as tf from '@tensorflow/tfjs';
import { l2Normalise } from '../kernels/l2Normalise';

/** Far below any cosine over any temperature; an infinity would make the gradient NaN. */
const MASKED = -1e9;

/**
 * NT-Xent (SimCLR, Eq. 1): rows i and i + N of `anchors` and `keys` [2N, d] belong to the two views of one image; l_i = -log( exp(cos(a_i,
 * k_pos(i))/T) / sum_{j != i} exp(cos(a_i, k_j)/T) ), averaged over all 2N rows. SimCLR passes the same tensor twice; with a predictor,
 * `anchors` are its outputs (Sec. 6.2). The gradient flows into both; stop-gradient is applied by the caller. log(2N - 1) where all rows
 * point the same way.
 */
export function ntXent(anchors: tf.Tensor2D, keys: tf.Tensor2D, temperature: number): tf.Scalar {
  const [rows] = anchors.shape;
  const a = l2Normalise(anchors);
  const k = anchors === keys ? a : l2Normalise(keys);
  const logits = tf.div<tf.Tensor2D>(tf.matMul(a, k, false, true), temperature);
  const [first, second] = tf.split(k, 2, 0);
  const positive = tf.div(tf.sum(tf.mul(a, tf.concat([second, first], 0)), 1), temperature);
  const others = tf.add(logits, tf.mul(tf.eye(rows), MASKED));
  return tf.mean(tf.sub(tf.logSumExp(others, 1), positive)) as tf.Scalar;
}
