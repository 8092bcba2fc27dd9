import type * as tf from '@tensorflow/tfjs';

/** Indices of the numbers in `StepInputs.scalars`. */
export const SCALAR = {
  learningRate: 0,
  /** The rate before any decay, for parameters that keep it (Sec. 4.2, "predictor lr fixed"). */
  initialLearningRate: 1,
  /** Share of the old value that stays in a moving average. */
  tau: 2,
  /** The rate of the online linear probe. */
  probeLearningRate: 3,
  /** Share of the parts of the batch that were computed before this one in the mean of all so far (gradient accumulation). */
  earlierParts: 4,
  /** The rate of the backbone's parameters. */
  backboneLearningRate: 5,
} as const;

export const SCALARS = Object.keys(SCALAR).length;

/**
 * The inputs of one step. The tensors hold new values in every step; nothing but these values may differ between two steps of the same
 * phase (see `Method.phase`), since the step's operations are recorded once and replayed.
 */
export interface StepInputs {
  /** Steps done before this one. */
  readonly step: number;
  /** Two views of each image [N, H, W, 3], augmented and normalised. */
  readonly x1: tf.Tensor4D;
  readonly x2: tf.Tensor4D;
  /** Further views [N, H, W, 3] made as x1 and x2 are; none for most methods. */
  readonly moreViews: readonly tf.Tensor4D[];
  /** Further, smaller views [N, h, w, 3] (multi-crop); none for most methods. */
  readonly smallViews: readonly tf.Tensor4D[];
  /** The index of each row's training image, int32 [N], counted from 0. */
  readonly images: tf.Tensor1D;
  /** float32 [SCALARS]. */
  readonly scalars: tf.Tensor1D;
  /** Targets that were computed beforehand (alternating optimisation, Sec. 5.2); else null. */
  readonly targets: { readonly z1: tf.Tensor2D; readonly z2: tf.Tensor2D } | null;
}
