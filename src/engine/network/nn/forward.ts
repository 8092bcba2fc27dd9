import type * as tf from '@tensorflow/tfjs';

/**
 * What BatchNorm does in a forward pass: `train` normalises with the batch's statistics and updates the moving ones; `trainPair` does so
 * for two views concatenated along the batch, each with its own statistics; `measure` uses the batch's and updates nothing; `infer` uses
 * the moving ones.
 */
export type Mode = 'train' | 'trainPair' | 'measure' | 'infer';

/** Layers with their parameters bound: forward pass only, gradients come from the tape. */
export type Forward<In extends tf.Tensor = tf.Tensor, Out extends tf.Tensor = In> = (x: In, mode: Mode) => Out;
