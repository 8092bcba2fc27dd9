import * as tf from '@tensorflow/tfjs';
import { currentImplementation } from '../../kernels/runtime/implementation';
import type { Forward } from './forward';

/** The two views of a batch, or the outputs of layers for them. */
export interface Pair<T extends tf.Tensor> {
  readonly first: T;
  readonly second: T;
  /** Both views concatenated along the batch; null where they are computed one by one. */
  readonly both: T | null;
}

/**
 * Whether `pairOf` puts both views in one batch on the engine that runs. With kernels of ours it does: half the calls, each twice as large,
 * and one gradient a parameter instead of two to be added. Elsewhere they stay apart.
 */
export function pairsLieInOneBatch(): boolean {
  return currentImplementation() !== 'plain';
}

/** Two views of one shape, for `onPair`. */
export function pairOf<T extends tf.Tensor>(first: T, second: T): Pair<T> {
  return { first, second, both: pairsLieInOneBatch() ? (tf.concat([first, second]) as T) : null };
}

/**
 * `forward` in training mode: the same as on the first view, then on the second, with separate BN statistics for each view; where `together`
 * is true, with common statistics of both views.
 */
export function onPair<In extends tf.Tensor, Out extends tf.Tensor>(
  forward: Forward<In, Out>,
  { first, second, both }: Pair<In>,
  together: boolean,
): Pair<Out> {
  if (together) {
    const y = forward(both ?? (tf.concat([first, second]) as In), 'train');
    const [y1, y2] = tf.split(y, 2) as Out[];
    return { first: y1, second: y2, both: y };
  }
  if (both === null) return { first: forward(first, 'train'), second: forward(second, 'train'), both };
  const y = forward(both, 'trainPair');
  const [y1, y2] = tf.split(y, 2) as Out[];
  return { first: y1, second: y2, both: y };
}
