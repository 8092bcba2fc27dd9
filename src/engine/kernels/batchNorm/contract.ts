import type * as tf from '@tensorflow/tfjs';

/** Inputs and outputs of BatchNorm in training mode, the same for every implementation. */

export interface BatchNormInputs {
  /** [n, C], as are `residual`, `y` and their gradients. */
  readonly x: tf.Tensor2D;
  readonly gamma: tf.Tensor1D;
  readonly beta: tf.Tensor1D;
  readonly residual: tf.Tensor2D | null;
  readonly relu: boolean;
  /** The rows are this many equal parts (default 1), one after the other, each normalised by its own statistics. */
  readonly views?: number;
  readonly epsilon: number;
  /** If given, moved towards this batch's statistics (variance unbiased), by each view in turn. */
  readonly moving: MovingStatistics | null;
}

export interface MovingStatistics {
  readonly mean: tf.Variable<tf.Rank.R1>;
  readonly variance: tf.Variable<tf.Rank.R1>;
  /** Share of the old value that is kept. */
  readonly decay: number;
}

export type BatchNormOutputs = {
  readonly y: tf.Tensor2D;
  /** [views C] */
  readonly mean: tf.Tensor1D;
  /** 1/sqrt(biased variance + epsilon), [views C]. */
  readonly inverseStd: tf.Tensor1D;
};

/** Inputs of BatchNorm with statistics that are given instead of the batch's. */
export interface BatchNormGivenInputs extends Pick<BatchNormInputs, 'x' | 'gamma' | 'beta' | 'residual' | 'relu'> {
  /** [C] */
  readonly mean: tf.Tensor1D;
  /** 1/sqrt(variance + epsilon), [C]. */
  readonly inverseStd: tf.Tensor1D;
}

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
