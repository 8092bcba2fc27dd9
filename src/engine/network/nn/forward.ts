import type * as tf from '@tensorflow/tfjs';
import type { Statistics } from './statistics';

/**
 * What BatchNorm does in a forward pass: `train` normalises with the batch's statistics and updates the moving ones; `trainPair` does so
 * for two views concatenated along the batch, each with its own statistics; `measure` uses the batch's and updates nothing; `infer` uses
 * the moving ones; with given statistics each image's result depends on that image alone.
 */
export type Mode = 'train' | 'trainPair' | 'measure' | 'infer' | Statistics;

/** Layers with their parameters bound: forward pass only, gradients come from the tape. */
export type Forward<In extends tf.Tensor = tf.Tensor, Out extends tf.Tensor = In> = (x: In, mode: Mode) => Out;
