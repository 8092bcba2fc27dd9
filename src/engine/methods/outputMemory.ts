import * as tf from '@tensorflow/tfjs';
import type { RunConfig } from '../../domain/runConfig';
import { l2Normalise } from '../kernels/l2Normalise';
import { scatterRows } from '../kernels/scatterRows';
import type { Parameters } from '../network/nn/parameters';
import { withoutGradient } from '../network/nn/stopGradient';
import { type Random, seededRandom } from '../random';

/**
 * The moving average eta of each image's outputs (Sec. 5.2): eta = m eta + (1 - m) z/|z| at each visit. It starts as a random direction, like
 * the memory bank that the paper compares it with, or at zero; in that case eta has the direction of z at an image's first visit. Remembered
 * as `memory.eta` [images, d].
 */
export class OutputMemory {
  readonly #eta: tf.Variable<tf.Rank.R2>;
  readonly #momentum: number;

  constructor(
    parameters: Parameters,
    shape: readonly [images: number, d: number],
    { targetMomentum, etaStart, seed }: Pick<RunConfig, 'targetMomentum' | 'etaStart' | 'seed'>,
  ) {
    const [images, d] = shape;
    const start = new Float32Array(images * d);
    if (etaStart === 'random') fillWithDirections(start, d, seededRandom(seed, 'init', 'eta'));
    this.#eta = parameters.addRemembered<tf.Rank.R2>('memory.eta', [images, d], start);
    this.#momentum = targetMomentum;
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

/** Fills rows of length d with unit vectors in random directions. */
function fillWithDirections(rows: Float32Array, d: number, random: Random): void {
  for (let from = 0; from < rows.length; from += d) {
    let squares = 0;
    for (let i = from; i < from + d; i++) {
      rows[i] = random.uniform(-1, 1);
      squares += rows[i] ** 2;
    }
    for (let i = from; i < from + d; i++) rows[i] /= Math.sqrt(squares);
  }
}
