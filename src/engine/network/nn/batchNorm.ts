import * as tf from '@tensorflow/tfjs';
import type { BatchNormLayer } from '../../../domain/backbones/layer';
import { batchNormBackward, batchNormForward } from '../../kernels/batchNorm/batchNorm';
import type { MovingStatistics } from '../../kernels/batchNorm/contract';
import type { Mode } from './forward';
import { ones, zeros } from './init';
import type { Parameters } from './parameters';

export const BN_EPSILON = 1e-5;
/** moving = 0.9 moving + 0.1 batch (PyTorch's momentum 0.1). */
const MOVING_DECAY = 0.9;

/** What the same kernel computes after the normalisation: `relu(y + residual)`, both optional. */
export interface BatchNormTail<T extends tf.Tensor> {
  readonly residual?: T;
  readonly relu?: boolean;
}

export interface Affine {
  readonly gamma: tf.Tensor1D;
  readonly beta: tf.Tensor1D;
}

/**
 * BatchNorm with the statistics of this batch: gamma (x - mu)/sqrt(var + eps) + beta over all axes but the last, biased variance. `views`
 * equal parts of the batch each have their own statistics. Moves `moving`, if given, towards those statistics. Differentiable in x, gamma,
 * beta and the residual.
 */
export function batchNormTrain<T extends tf.Tensor>(
  x: T,
  { gamma, beta }: Affine,
  { residual, relu = false }: BatchNormTail<T>,
  moving: MovingStatistics | null,
  views = 1,
): T {
  const channels = x.shape[x.shape.length - 1];
  const rows = (t: tf.Tensor) => tf.reshape(t, [t.size / channels, channels]) as tf.Tensor2D;
  const hasResidual = residual !== undefined;
  const op = tf.customGrad((...args) => {
    const save = args[args.length - 1] as unknown as tf.GradSaveFunc;
    const [input, scale, shift, added] = args as unknown as [tf.Tensor2D, tf.Tensor1D, tf.Tensor1D, tf.Tensor2D];
    const forward = batchNormForward({
      x: input,
      gamma: scale,
      beta: shift,
      residual: hasResidual ? added : null,
      relu,
      views,
      epsilon: BN_EPSILON,
      moving,
    });
    save([input, scale, forward.y, forward.mean, forward.inverseStd]);
    return {
      value: forward.y,
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => {
        const [savedX, savedGamma, y, mean, inverseStd] = saved as [
          tf.Tensor2D,
          tf.Tensor1D,
          tf.Tensor2D,
          tf.Tensor1D,
          tf.Tensor1D,
        ];
        const { dx, dGamma, dBeta, dResidual } = batchNormBackward({
          dy: dy as tf.Tensor2D,
          x: savedX,
          gamma: savedGamma,
          forward: { y, mean, inverseStd },
          relu,
          views,
          hasResidual,
        });
        return dResidual === null ? [dx, dGamma, dBeta] : [dx, dGamma, dBeta, dResidual];
      },
    };
  });
  const y = hasResidual ? op(rows(x), gamma, beta, rows(residual)) : op(rows(x), gamma, beta);
  return tf.reshape(y, x.shape) as T;
}

/**
 * BatchNorm over the last axis with its parameters `name.{gamma,beta}` (unless `affine` is false) and `name.{moving_mean,moving_variance}`;
 * the moving variance uses the unbiased one, as in PyTorch. The layer's ReLU is given with the tail.
 */
export function batchNormLayer(
  parameters: Parameters,
  { name, channels, affine, zeroInit }: Omit<BatchNormLayer, 'relu'>,
) {
  const trained: Affine | null = affine
    ? {
        gamma: parameters.addTrainable<tf.Rank.R1>(
          `${name}.gamma`,
          [channels],
          zeroInit ? zeros(channels) : ones(channels),
        ),
        beta: parameters.addTrainable<tf.Rank.R1>(`${name}.beta`, [channels], zeros(channels)),
      }
    : null;
  const moving: MovingStatistics = {
    mean: parameters.addMoving(`${name}.moving_mean`, zeros(channels)),
    variance: parameters.addMoving(`${name}.moving_variance`, ones(channels)),
    decay: MOVING_DECAY,
  };

  return <T extends tf.Tensor>(x: T, mode: Mode, tail: BatchNormTail<T> = {}): T => {
    const scale = trained ?? { gamma: tf.ones<tf.Rank.R1>([channels]), beta: tf.zeros<tf.Rank.R1>([channels]) };
    if (mode !== 'infer') {
      return batchNormTrain(x, scale, tail, mode === 'measure' ? null : moving, mode === 'trainPair' ? 2 : 1);
    }
    const normalised = tf.mul(tf.sub(x, moving.mean), tf.rsqrt(tf.add(moving.variance, BN_EPSILON)));
    const y = tf.add<T>(tf.mul(normalised, scale.gamma), scale.beta);
    const sum = tail.residual === undefined ? y : tf.add<T>(y, tail.residual);
    return tail.relu === true ? tf.relu(sum) : sum;
  };
}
