import * as tf from '@tensorflow/tfjs';
import { l2Normalise } from '../kernels/l2Normalise';
import { scatterRows } from '../kernels/scatterRows';
import type { Parameters } from '../network/nn/parameters';
import { withoutGradient } from '../network/nn/stopGradient';

/**
 * The moving average eta of each image's outputs (Sec. 5.2): eta = m eta + (1 - m) z/|z| at each visit. It begins at zero, so that at an
 * image's first visit eta has the direction of z. Remembered as `memory.eta` [images, d].
 */
export class OutputMemory {
  readonly #eta: tf.Variable<tf.Rank.R2>;
  readonly #momentum: number;

  constructor(parameters: Parameters, shape: readonly [images: number, d: number], momentum: number) {
    const [images, d] = shape;
    this.#eta = parameters.addRemembered<tf.Rank.R2>('memory.eta', [images, d], new Float32Array(images * d));
    this.#momentum = momentum;
  }

  /** The averages after a visit of these images (int32 [N]) with outputs z [N, d]: constants [N, d]. The memory is not changed. */
  next(images: tf.Tensor1D, z: tf.Tensor2D): tf.Tensor2D {
    return withoutGradient(() => {
      const before = tf.gather<tf.Tensor2D>(this.#eta, images);
      return tf.add<tf.Tensor2D>(tf.mul(before, this.#momentum), tf.mul(l2Normalise(z), 1 - this.#momentum));
    });
  }

  /** Stores these averages [N, d] of these images. */
  keep(images: tf.Tensor1D, averages: tf.Tensor2D): void {
    scatterRows(this.#eta, images, averages);
  }
}
