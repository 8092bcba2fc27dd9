import * as tf from '@tensorflow/tfjs';
import { l2Normalise } from '../../kernels/l2Normalise';
import { trainingLinear } from '../../kernels/linear';
import { assignInPlace } from '../../kernels/movingAverage';
import type { Random } from '../../random';
import { uniformFanIn } from '../nn/init';
import type { Parameters } from '../nn/parameters';

/** SwAV's prototypes: K directions, the unit columns of `prototypes.kernel` [d, K]. */
export class Prototypes {
  readonly #kernel: tf.Variable<tf.Rank.R2>;

  constructor(parameters: Parameters, shape: readonly [d: number, count: number], random: Random) {
    const [d, count] = shape;
    const values = uniformFanIn(d * count, d, random);
    this.#kernel = parameters.addTrainable<tf.Rank.R2>('prototypes.kernel', [d, count], unitColumns(values, count));
  }

  /** Cosines of z [N, d] with each prototype [N, K]. The gradient takes the prototypes as they are, as the official code does. */
  scores(z: tf.Tensor2D): tf.Tensor2D {
    return trainingLinear(l2Normalise(z), this.#kernel);
  }

  /** Back to length 1, after an update. */
  normalise(): void {
    tf.tidy(() => {
      const rows = l2Normalise(tf.transpose<tf.Tensor2D>(this.#kernel));
      assignInPlace([{ target: this.#kernel, online: tf.transpose(rows) }]);
    });
  }
}

function unitColumns(values: Float32Array, columns: number): Float32Array {
  const squares = new Float64Array(columns);
  values.forEach((value, i) => {
    squares[i % columns] += value * value;
  });
  return values.map((value, i) => value / Math.sqrt(squares[i % columns]));
}
