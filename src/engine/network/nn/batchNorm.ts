import * as tf from '@tensorflow/tfjs';
import type { BatchNormLayer } from '../../../domain/backbones/layer';
import { batchNormBackward, batchNormForward, batchNormGiven } from '../../kernels/batchNorm/batchNorm';
import type { MovingStatistics } from '../../kernels/batchNorm/contract';
import type { Mode } from './forward';
import { ones, zeros } from './init';
import type { Parameters } from './parameters';
import { joinedStatistics, type LayerStatistics } from './statistics';

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

/** x [..., C] as rows [n, C]. */
function rows(x: tf.Tensor): tf.Tensor2D {
  const channels = x.shape[x.shape.length - 1];
  return tf.reshape(x, [x.size / channels, channels]);
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
 * The same with the moving statistics, which stay: differentiable in x and the residual; scale and shift are constants. Images depend on
 * themselves alone.
 */
function batchNormFrozen<T extends tf.Tensor>(
  x: T,
  affine: Affine,
  { residual, relu = false }: BatchNormTail<T>,
  moving: MovingStatistics,
): T {
  const hasResidual = residual !== undefined;
  const op = tf.customGrad((...args) => {
    const save = args[args.length - 1] as unknown as tf.GradSaveFunc;
    const [input, added] = args as unknown as [tf.Tensor2D, tf.Tensor2D];
    const statistics = statisticsOf(moving);
    const y = batchNormWith(input, affine, hasResidual ? { residual: added, relu } : { relu }, statistics);
    const slope = tf.mul(affine.gamma, statistics.inverseStd);
    save(relu ? [slope, y] : [slope]);
    return {
      value: y,
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => {
        const [scale, output] = saved;
        const passed = relu ? tf.mul(dy, tf.step(output)) : dy;
        const dx = tf.mul(passed, scale);
        return hasResidual ? [dx, passed] : [dx];
      },
    };
  });
  const y = hasResidual ? op(rows(x), rows(residual)) : op(rows(x));
  return tf.reshape(y, x.shape) as T;
}

function statisticsOf({ mean, variance }: MovingStatistics): LayerStatistics {
  return { mean, inverseStd: tf.rsqrt(tf.add<tf.Tensor1D>(variance, BN_EPSILON)) };
}

/** BatchNorm over all axes but the last with statistics that are given. Not differentiable. */
function batchNormWith<T extends tf.Tensor>(
  x: T,
  { gamma, beta }: Affine,
  { residual, relu = false }: BatchNormTail<T>,
  { mean, inverseStd }: LayerStatistics,
): T {
  const added = residual === undefined ? null : rows(residual);
  const y = batchNormGiven({ x: rows(x), gamma, beta, residual: added, relu, mean, inverseStd });
  return tf.reshape(y, x.shape) as T;
}

/** A BN layer with its parameters bound. */
export interface BatchNorm {
  forward<T extends tf.Tensor>(x: T, mode: Mode, tail?: BatchNormTail<T>): T;
  /**
   * Normalises chunks of one batch with the statistics of all of them, and adds these to `into`, kept; the moving ones are not changed. Call
   * it inside `tf.tidy`.
   */
  gather<T extends tf.Tensor>(
    chunks: readonly T[],
    into: Map<string, LayerStatistics>,
    tails: readonly BatchNormTail<T>[],
  ): T[];
}

/**
 * BatchNorm over the last axis with its parameters `name.{gamma,beta}` (unless `affine` is false) and `name.{moving_mean,moving_variance}`;
 * the moving variance uses the unbiased one, as in PyTorch. The layer's ReLU is given with the tail. Where its scale is frozen, it normalises
 * with the moving statistics in every mode, and these stay.
 */
export function batchNormLayer(
  parameters: Parameters,
  { name, channels, affine, zeroInit }: Omit<BatchNormLayer, 'relu'>,
): BatchNorm {
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

  const isFrozen = affine && parameters.isFrozen(`${name}.gamma`);
  const affineOf = () => trained ?? { gamma: tf.ones<tf.Rank.R1>([channels]), beta: tf.zeros<tf.Rank.R1>([channels]) };

  return {
    forward(x, mode, tail = {}) {
      if (isFrozen) return batchNormFrozen(x, affineOf(), tail, moving);
      if (mode === 'infer') return batchNormWith(x, affineOf(), tail, statisticsOf(moving));
      if (typeof mode === 'string') {
        return batchNormTrain(x, affineOf(), tail, mode === 'measure' ? null : moving, mode === 'trainPair' ? 2 : 1);
      }
      const given = mode.get(name);
      if (given === undefined) throw new Error(`no statistics are given for ${name}`);
      return batchNormWith(x, affineOf(), tail, given);
    },
    gather(chunks, into, tails) {
      const scale = affineOf();
      if (isFrozen) {
        const { mean, inverseStd } = statisticsOf(moving);
        into.set(name, { mean: tf.keep(tf.add<tf.Tensor1D>(mean, 0)), inverseStd: tf.keep(inverseStd) });
        return chunks.map((x, i) => batchNormWith(x, scale, tails[i], { mean, inverseStd }));
      }
      const own = chunks.map((x, i) => {
        const { residual, relu = false } = tails[i];
        const added = residual === undefined ? null : rows(residual);
        return batchNormForward({
          x: rows(x),
          ...scale,
          residual: added,
          relu,
          epsilon: BN_EPSILON,
          moving: null,
        });
      });
      const { mean, inverseStd } = joinedStatistics(chunks.map((x, i) => ({ rows: x.size / channels, of: own[i] })));
      into.set(name, { mean: tf.keep(mean), inverseStd: tf.keep(inverseStd) });
      if (chunks.length === 1) return chunks.map((x, i) => tf.reshape(own[i].y, x.shape) as typeof x);
      return chunks.map((x, i) => batchNormWith(x, scale, tails[i], { mean, inverseStd }));
    },
  };
}

/** BN's numbers of one set of images as an exported encoder carries them: float32 [C] by parameter name. */
export async function statisticsByParameter(
  statistics: ReadonlyMap<string, LayerStatistics>,
): Promise<ReadonlyMap<string, Float32Array>> {
  const named = new Map<string, Float32Array>();
  for (const [name, { mean, inverseStd }] of statistics) {
    const inverses = await inverseStd.data<'float32'>();
    named.set(`${name}.moving_mean`, Float32Array.from(await mean.data<'float32'>()));
    named.set(
      `${name}.moving_variance`,
      inverses.map((inverse) => Math.max(0, 1 / inverse ** 2 - BN_EPSILON)),
    );
  }
  return named;
}
