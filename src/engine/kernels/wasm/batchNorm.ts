import * as tf from '@tensorflow/tfjs';
import type {
  BatchNormGradientInputs,
  BatchNormGradients,
  BatchNormInputs,
  BatchNormOutputs,
} from '../batchNorm/contract';
import { affineColumns, columnMeans } from './columns';

/** `batchNormForward` in as few passes of XNNPACK over the data as possible. */
export function wasmBatchNormForward(inputs: BatchNormInputs): BatchNormOutputs {
  const { x, gamma, beta, residual, relu, epsilon, moving } = inputs;
  const [rows] = x.shape;
  return tf.tidy(() => {
    const mean = columnMeans(x);
    const centred = affineColumns(x, tf.onesLike(mean), tf.neg(mean));
    // From centred values, since E[x^2] - E[x]^2 loses all digits where the mean is large.
    const variance = columnMeans(tf.square(centred));
    const inverseStd = tf.rsqrt(tf.add(variance, epsilon)) as tf.Tensor1D;
    if (moving !== null) {
      const { decay } = moving;
      const unbiased = tf.mul(variance, rows / Math.max(1, rows - 1));
      moving.mean.assign(tf.add(tf.mul(moving.mean, decay), tf.mul(mean, 1 - decay)));
      moving.variance.assign(tf.add(tf.mul(moving.variance, decay), tf.mul(unbiased, 1 - decay)));
    }
    const scaled = affineColumns(centred, tf.mul(inverseStd, gamma), beta, relu && residual === null);
    if (residual === null) return { y: scaled, mean, inverseStd };
    const sum = tf.add<tf.Tensor2D>(scaled, residual);
    return { y: relu ? tf.relu(sum) : sum, mean, inverseStd };
  });
}

/** `batchNormBackward` likewise: dx = a g + b (x - mean) + c, with a, b, c per column. */
export function wasmBatchNormBackward(inputs: BatchNormGradientInputs): BatchNormGradients {
  const { dy, x, gamma, forward, relu, hasResidual } = inputs;
  const { y, mean, inverseStd } = forward;
  const [rows] = x.shape;
  const { g, ...gradients } = tf.tidy(() => {
    const g = relu ? tf.mul<tf.Tensor2D>(dy, tf.step(y)) : tf.clone(dy);
    const centred = affineColumns(x, tf.onesLike(mean), tf.neg(mean));
    const meanG = columnMeans(g);
    const meanProduct = tf.mul<tf.Tensor1D>(columnMeans(tf.mul(g, centred)), inverseStd);
    const scale = tf.mul<tf.Tensor1D>(inverseStd, gamma);
    const slope = tf.neg(tf.mul<tf.Tensor1D>(tf.mul(scale, inverseStd), meanProduct));
    const dx = tf.add<tf.Tensor2D>(
      affineColumns(g, scale, tf.neg(tf.mul<tf.Tensor1D>(scale, meanG))),
      affineColumns(centred, slope, tf.zerosLike(slope)),
    );
    return { dx, dGamma: tf.mul<tf.Tensor1D>(meanProduct, rows), dBeta: tf.mul<tf.Tensor1D>(meanG, rows), g };
  });
  if (hasResidual) return { ...gradients, dResidual: g };
  g.dispose();
  return { ...gradients, dResidual: null };
}
