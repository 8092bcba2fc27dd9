import type * as tf from '@tensorflow/tfjs';

/** What goes into updates of variables where they lie, whoever computes them. */

/** One parameter's part in an update by SGD. */
export interface SgdItem {
  readonly weight: tf.Variable;
  readonly velocity: tf.Variable;
  readonly gradient: tf.Tensor;
  /** Where its learning rate stands in the scalars. */
  readonly rate: number;
}

export interface SgdSettings {
  readonly momentum: number;
  readonly weightDecay: number;
}

/** A variable and what it follows, of one shape. */
export interface Follower {
  readonly target: tf.Variable;
  readonly online: tf.Tensor;
}
