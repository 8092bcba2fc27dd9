import * as tf from '@tensorflow/tfjs';
import { assignInPlace } from '../kernels/movingAverage';
import type { Parameters } from '../network/nn/parameters';
import { withoutGradient } from '../network/nn/stopGradient';

/** The last outputs of a view, newest first (SwAV, Sec. 3.1, "working with small batches"). Remembered as `queue.NAME` [length, d]. */
export class FeatureQueue {
  readonly #rows: tf.Variable<tf.Rank.R2>;

  constructor(parameters: Parameters, name: string, shape: readonly [length: number, d: number]) {
    const [length, d] = shape;
    this.#rows = parameters.addRemembered<tf.Rank.R2>(`queue.${name}`, [length, d], new Float32Array(length * d));
  }

  /** The whole queue [length, d]; read it before the next `push`, which overwrites it. */
  get rows(): tf.Tensor2D {
    return this.#rows;
  }

  /** Adds z [N, d], N at most the length, and drops the oldest rows. */
  push(z: tf.Tensor2D): void {
    const [length] = this.#rows.shape;
    withoutGradient(() => {
      const kept = tf.slice(this.#rows, 0, length - z.shape[0]);
      assignInPlace([{ target: this.#rows, online: tf.concat([z, kept], 0) }]);
      return tf.scalar(0);
    }).dispose();
  }
}
