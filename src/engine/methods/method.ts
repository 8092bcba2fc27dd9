import type * as tf from '@tensorflow/tfjs';
import type { LiveKey, LiveSettings } from '../../domain/runConfig';
import type { Embedding } from '../network/encoder';
import type { Mode } from '../network/nn/forward';
import type { Parameters } from '../network/nn/parameters';
import type { Statistics } from '../network/nn/statistics';
import type { StepInputs } from './stepInputs';

/** What one forward pass of a method gives the trainer. */
export interface MethodOutput {
  readonly loss: tf.Scalar;
  /** Backbone features of both views, view 1's rows first [2N, featureDim]: for the linear probe, which passes no gradient back. */
  readonly features: tf.Tensor2D;
  /** Projector outputs of the two views [N, d]; the output std is measured on z1. */
  readonly z1: tf.Tensor2D;
  readonly z2: tf.Tensor2D;
  /** Predictor outputs [N, d]; absent where the loss does not use them. */
  readonly p1?: tf.Tensor2D;
  readonly p2?: tf.Tensor2D;
}

/** A parameter the optimiser updates in this step. */
export interface TrainedParameter {
  readonly name: string;
  readonly variable: tf.Variable;
  /** Which of the step's scalars is its learning rate. */
  readonly rate: 'learningRate' | 'initialLearningRate' | 'backboneLearningRate';
}

/** The views that a method learns from in addition to x1 and x2. */
export interface MoreViews {
  /** Further views made as x1 and x2 are. */
  readonly full: number;
  /** Multi-crop: small views of `side` pixels, crops with a share of the image's area from `scaleMin` to `scaleMax`. */
  readonly small: {
    readonly count: number;
    readonly side: number;
    readonly scaleMin: number;
    readonly scaleMax: number;
  } | null;
}

export const NO_MORE_VIEWS: MoreViews = { full: 0, small: null };

/** What a method needs to know about its training images. */
export interface TrainingImages {
  readonly count: number;
}

/**
 * A method of learning from two views: its networks and its loss. It owns its parameters and does not depend on data or schedule.
 *
 * On WebGPU a step is recorded once and replayed: `forward` and `afterUpdate` must queue device work only, read nothing back, and keep what
 * outlives the step in variables that exist beforehand and are overwritten in place (`kernels/runtime/inPlace.ts`).
 */
export interface Method {
  /** All of its state; the group `remembered` holds what it keeps from step to step apart from its networks. */
  readonly parameters: Parameters;
  readonly featureDim: number;
  readonly outputDim: number;
  /** The views it learns from in addition to x1 and x2; none where left out. */
  readonly moreViews?: MoreViews;
  /** Alternating optimisation (Sec. 5.2): the number of steps whose targets are computed before the first of them; 1 where left out. */
  readonly innerSteps?: number;
  /** Loss of a step in training mode, to be run on the gradient tape; BN statistics are per view. */
  forward(inputs: StepInputs, live: LiveSettings): MethodOutput;
  /** The parameters that the loss trains in a step (counted from 0) under these settings. */
  trained(live: LiveSettings, step: number): TrainedParameter[];
  /** Called after the optimiser's update in the same step, for moving averages and the normalisation of prototypes. */
  afterUpdate?(scalars: tf.Tensor1D): void;
  /** Share of the old value that stays in a moving average, at step t of `total`. */
  tau?(t: number, total: number): number;
  /** A name for the operations of a step where they depend on the step's number; where left out, all steps have the same operations. */
  phase?(step: number): string;
  /** Called before the first step after a change in flight. */
  liveChanged(key: LiveKey, live: LiveSettings): void;
  embed(images: tf.Tensor4D, mode: Exclude<Mode, 'train'>): Embedding;
  /** The predictor's output [N, d] for z [N, d]; null where there is no predictor. */
  predict(z: tf.Tensor2D, mode: Exclude<Mode, 'train'>, live: LiveSettings): tf.Tensor2D | null;
  /** BN's statistics of the encoder and the predictor on these images, given in chunks (`Encoder.statistics`). */
  statistics(chunks: readonly tf.Tensor4D[]): Statistics;
  dispose(): void;
}
