import * as tf from '@tensorflow/tfjs';
import { sumOf } from '../../kernels/sumOf';

/** What a BN layer normalises with, on the device: mean and 1/sqrt(biased variance + epsilon), each [C]. */
export interface LayerStatistics {
  readonly mean: tf.Tensor1D;
  readonly inverseStd: tf.Tensor1D;
}

/** The statistics of every BN layer of an encoder and its predictor on one set of images, by the layer's name; the owner disposes them. */
export type Statistics = ReadonlyMap<string, LayerStatistics>;

export function disposeStatistics(statistics: Statistics): void {
  for (const { mean, inverseStd } of statistics.values()) tf.dispose([mean, inverseStd]);
}

/**
 * The statistics of several chunks of a set as one: means weighted by the rows of each chunk, and the variance within the chunks plus that
 * between them. Equal to the statistics of the whole set up to rounding, however it is divided. Call it inside `tf.tidy`.
 */
export function joinedStatistics(
  parts: readonly { readonly rows: number; readonly of: LayerStatistics }[],
): LayerStatistics {
  if (parts.length === 1) return parts[0].of;
  const all = parts.reduce((sum, { rows }) => sum + rows, 0);
  const mean = sumOf(parts.map(({ rows, of }) => tf.mul<tf.Tensor1D>(of.mean, rows / all)));
  // 1/inverseStd^2 is a chunk's variance + epsilon, so that the sum has its epsilon, too.
  const spread = sumOf(
    parts.map(({ rows, of }) => {
      const within = tf.reciprocal(tf.square(of.inverseStd));
      return tf.mul<tf.Tensor1D>(tf.add(within, tf.square(tf.sub(of.mean, mean))), rows / all);
    }),
  );
  return { mean, inverseStd: tf.rsqrt(spread) };
}
