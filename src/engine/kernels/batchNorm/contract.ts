import type * as tf from '@tensorflow/tfjs';

/** What goes into BatchNorm in training mode and what comes out, whoever computes it. */

export interface BatchNormInputs {
  /** [n, C]; so are `residual` and all that is computed of them. */
  readonly x: tf.Tensor2D;
  readonly gamma: tf.Tensor1D;
  readonly beta: tf.Tensor1D;
  readonly residual: tf.Tensor2D | null;
  readonly relu: boolean;
  /** The rows are so many equal parts (1 if left out), one behind the other, each normalised by statistics of its own. */
  readonly views?: number;
  readonly epsilon: number;
  /** Moved towards this batch's statistics (variance unbiased) when given, by each view in turn. */
  readonly moving: MovingStatistics | null;
}

export interface MovingStatistics {
  readonly mean: tf.Variable<tf.Rank.R1>;
  readonly variance: tf.Variable<tf.Rank.R1>;
  /** Share of the old value that stays. */
  readonly decay: number;
}

export type BatchNormOutputs = {
  readonly y: tf.Tensor2D;
  /** [views C] */
  readonly mean: tf.Tensor1D;
  /** 1/sqrt(biased variance + epsilon), [views C]. */
  readonly inverseStd: tf.Tensor1D;
};

export interface BatchNormGradientInputs {
  readonly dy: tf.Tensor2D;
  readonly x: tf.Tensor2D;
  readonly gamma: tf.Tensor1D;
  readonly forward: BatchNormOutputs;
  readonly relu: boolean;
  readonly views?: number;
  readonly hasResidual: boolean;
}

export type BatchNormGradients = {
  readonly dx: tf.Tensor2D;
  readonly dGamma: tf.Tensor1D;
  readonly dBeta: tf.Tensor1D;
  readonly dResidual: tf.Tensor2D | null;
};
