import * as tf from '@tensorflow/tfjs';
import type {
  BatchNormGivenInputs,
  BatchNormGradientInputs,
  BatchNormGradients,
  BatchNormInputs,
  BatchNormOutputs,
} from './contract';

/** BatchNorm of one view in plain tfjs ops. */

export function plainBatchNormForward(inputs: BatchNormInputs): BatchNormOutputs {
  const { x, epsilon, moving } = inputs;
  const [rows] = x.shape;
  return tf.tidy(() => {
    const mean = tf.mean<tf.Tensor1D>(x, 0);
    const centred = tf.sub<tf.Tensor2D>(x, mean);
    // Two passes: E[x^2] - E[x]^2 loses all digits where the mean is large.
    const variance = tf.mean<tf.Tensor1D>(tf.square(centred), 0);
    const inverseStd = tf.rsqrt(tf.add(variance, epsilon)) as tf.Tensor1D;
    if (moving !== null) {
      const { decay } = moving;
      const unbiased = tf.mul(variance, rows / Math.max(1, rows - 1));
      moving.mean.assign(tf.add(tf.mul(moving.mean, decay), tf.mul(mean, 1 - decay)));
      moving.variance.assign(tf.add(tf.mul(moving.variance, decay), tf.mul(unbiased, 1 - decay)));
    }
    return { y: scaled(centred, inputs, inverseStd), mean, inverseStd };
  });
}

export function plainBatchNormGiven(inputs: BatchNormGivenInputs): tf.Tensor2D {
  const { x, mean, inverseStd } = inputs;
  return tf.tidy(() => scaled(tf.sub<tf.Tensor2D>(x, mean), inputs, inverseStd));
}

/** What follows the subtraction of the mean. */
function scaled(
  centred: tf.Tensor2D,
  { gamma, beta, residual, relu }: Pick<BatchNormInputs, 'gamma' | 'beta' | 'residual' | 'relu'>,
  inverseStd: tf.Tensor1D,
): tf.Tensor2D {
  const y = tf.add<tf.Tensor2D>(tf.mul(tf.mul(centred, inverseStd), gamma), beta);
  const sum = residual === null ? y : tf.add<tf.Tensor2D>(y, residual);
  return relu ? tf.relu(sum) : sum;
}

/** dx = gamma/std (g - mean(g) - xhat mean(g xhat)), dgamma = sum(g xhat), dbeta = sum(g). */
export function plainBatchNormBackward(inputs: BatchNormGradientInputs): BatchNormGradients {
  const { dy, x, gamma, forward, relu, hasResidual } = inputs;
  const { y, mean, inverseStd } = forward;
  const [rows] = x.shape;
  const { g, ...gradients } = tf.tidy(() => {
    const g = relu ? tf.mul<tf.Tensor2D>(dy, tf.step(y)) : tf.clone(dy);
    const normalised = tf.mul<tf.Tensor2D>(tf.sub(x, mean), inverseStd);
    const dBeta = tf.sum<tf.Tensor1D>(g, 0);
    const dGamma = tf.sum<tf.Tensor1D>(tf.mul(g, normalised), 0);
    const shift = tf.div(tf.add(dBeta, tf.mul(normalised, dGamma)), rows);
    const dx = tf.mul<tf.Tensor2D>(tf.sub(g, shift), tf.mul(inverseStd, gamma));
    return { dx, dGamma, dBeta, g };
  });
  if (hasResidual) return { ...gradients, dResidual: g };
  g.dispose();
  return { ...gradients, dResidual: null };
}
