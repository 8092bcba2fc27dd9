import * as tf from '@tensorflow/tfjs';
import { ones, zeros } from './init';
import type { Mode } from './layer';
import type { Parameters } from './parameters';

export const BN_EPSILON = 1e-5;
/** moving = 0.9 moving + 0.1 batch (PyTorch's momentum 0.1). */
const MOVING_DECAY = 0.9;

/** What stands after the normalisation in the same breath: `relu(y + residual)`, both optional. */
export interface BatchNormTail<T extends tf.Tensor> {
  readonly residual?: T;
  readonly relu?: boolean;
}

export interface Affine {
  readonly gamma: tf.Tensor1D;
  readonly beta: tf.Tensor1D;
}

/**
 * BatchNorm with the statistics of this batch: gamma (x - mu)/sqrt(var + eps) + beta over all axes but the last, biased variance.
 * `onStatistics` is called with mean and biased variance [C] during the call; they are disposed after it.
 */
export function batchNormTrain<T extends tf.Tensor>(
  x: T,
  affine: Affine | null,
  tail: BatchNormTail<T>,
  onStatistics: (mean: tf.Tensor1D, variance: tf.Tensor1D) => void,
): T {
  const channels = x.shape[x.shape.length - 1];
  const rows = x.size / channels;
  const forward = (flat: tf.Tensor2D, gamma: tf.Tensor1D | null, beta: tf.Tensor1D | null, save: tf.GradSaveFunc) => {
    const mean = tf.mean<tf.Tensor1D>(flat, 0);
    const centred = tf.sub<tf.Tensor2D>(flat, mean);
    // Two passes: E[x^2] - E[x]^2 loses all digits where the mean is large.
    const variance = tf.mean<tf.Tensor1D>(tf.square(centred), 0);
    onStatistics(mean, variance);
    const inverseStd = tf.rsqrt(tf.add(variance, BN_EPSILON));
    const normalised = tf.mul<tf.Tensor2D>(centred, inverseStd);
    save([normalised, inverseStd]);
    const scaled = gamma === null ? normalised : tf.mul<tf.Tensor2D>(normalised, gamma);
    return beta === null ? scaled : tf.add<tf.Tensor2D>(scaled, beta);
  };
  // dx = (gamma/std)(dy - mean(dy) - xhat mean(dy xhat)); dgamma = sum(dy xhat); dbeta = sum(dy).
  const backward = (dy: tf.Tensor2D, saved: tf.Tensor[], gamma: tf.Tensor1D | null) => {
    const [normalised, inverseStd] = saved as [tf.Tensor2D, tf.Tensor1D];
    const dBeta = tf.sum<tf.Tensor1D>(dy, 0);
    const dGamma = tf.sum<tf.Tensor1D>(tf.mul(dy, normalised), 0);
    const scale = gamma === null ? inverseStd : tf.mul(inverseStd, gamma);
    const shift = tf.add(tf.mul(normalised, tf.div(dGamma, rows)), tf.div(dBeta, rows));
    return { dx: tf.mul<tf.Tensor2D>(tf.sub(dy, shift), scale), dGamma, dBeta };
  };

  const flat = tf.reshape(x, [rows, channels]) as tf.Tensor2D;
  let y: tf.Tensor;
  if (affine === null) {
    y = tf.customGrad((...args) => {
      const [input, save] = args as unknown as [tf.Tensor2D, tf.GradSaveFunc];
      return {
        value: forward(input, null, null, save),
        gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => backward(dy as tf.Tensor2D, saved, null).dx,
      };
    })(flat);
  } else {
    y = tf.customGrad((...args) => {
      const [input, gamma, beta, save] = args as unknown as [tf.Tensor2D, tf.Tensor1D, tf.Tensor1D, tf.GradSaveFunc];
      return {
        value: forward(input, gamma, beta, save),
        gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => {
          const { dx, dGamma, dBeta } = backward(dy as tf.Tensor2D, saved, gamma);
          return [dx, dGamma, dBeta];
        },
      };
    })(flat, affine.gamma, affine.beta);
  }
  return finish(tf.reshape(y, x.shape) as T, tail);
}

function finish<T extends tf.Tensor>(y: T, { residual, relu }: BatchNormTail<T>): T {
  const sum = residual === undefined ? y : tf.add<T>(y, residual);
  return relu === true ? tf.relu(sum) : sum;
}

/**
 * BatchNorm over the last axis with its parameters `name.{gamma,beta}` (unless `affine` is false) and
 * `name.{moving_mean,moving_variance}`; the variance that moves is the unbiased one, as in PyTorch.
 */
export function batchNormLayer(
  parameters: Parameters,
  name: string,
  channels: number,
  { affine = true, zeroInit = false }: { affine?: boolean; zeroInit?: boolean } = {},
) {
  const scale: Affine | null = affine
    ? {
        gamma: parameters.addTrainable<tf.Rank.R1>(
          `${name}.gamma`,
          [channels],
          zeroInit ? zeros(channels) : ones(channels),
        ),
        beta: parameters.addTrainable<tf.Rank.R1>(`${name}.beta`, [channels], zeros(channels)),
      }
    : null;
  const movingMean = parameters.addMoving(`${name}.moving_mean`, zeros(channels));
  const movingVariance = parameters.addMoving(`${name}.moving_variance`, ones(channels));

  function move(variable: tf.Variable<tf.Rank.R1>, batch: tf.Tensor1D): void {
    variable.assign(tf.add(tf.mul(variable, MOVING_DECAY), tf.mul(batch, 1 - MOVING_DECAY)));
  }

  return <T extends tf.Tensor>(x: T, mode: Mode, tail: BatchNormTail<T> = {}): T => {
    if (mode === 'infer') {
      const normalised = tf.mul(tf.sub(x, movingMean), tf.rsqrt(tf.add(movingVariance, BN_EPSILON)));
      const y = scale === null ? normalised : tf.add(tf.mul(normalised, scale.gamma), scale.beta);
      return finish(y as T, tail);
    }
    const rows = x.size / channels;
    return batchNormTrain(x, scale, tail, (mean, variance) => {
      if (mode !== 'train') return;
      move(movingMean, mean);
      move(movingVariance, tf.mul(variance, rows / Math.max(1, rows - 1)));
    });
  };
}
