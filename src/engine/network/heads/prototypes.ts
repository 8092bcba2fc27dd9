import * as tf from '@tensorflow/tfjs';
import type { LinearLayer } from '../../../domain/backbones/layer';
import type { RunConfig } from '../../../domain/runConfig';
import { l2Normalise } from '../../kernels/l2Normalise';
import { trainingLinear } from '../../kernels/linear';
import { assignInPlace } from '../../kernels/movingAverage';
import type { Random } from '../../random';
import { uniformFanIn } from '../nn/init';
import type { Parameters } from '../nn/parameters';

/** SwAV's prototypes as a layer: z/|z| [N, d] -> cosines with each prototype [N, K]. */
export function prototypesLayer({ outputDim, prototypes }: Pick<RunConfig, 'outputDim' | 'prototypes'>): LinearLayer {
  return { kind: 'linear', name: 'prototypes', in: outputDim, out: prototypes, bias: false };
}

/** SwAV's prototypes: K directions, the unit columns of `prototypes.kernel` [d, K]. */
export class Prototypes {
  readonly #kernel: tf.Variable<tf.Rank.R2>;

  constructor(parameters: Parameters, { name, in: d, out: count }: LinearLayer, random: Random) {
    const values = unitColumns(uniformFanIn(d * count, d, random), count);
    this.#kernel = parameters.addTrainable<tf.Rank.R2>(`${name}.kernel`, [d, count], values);
  }

  /**
   * Cosines of z [N, d] with each prototype [N, K]. The gradient is not taken through the normalisation of the prototypes, as in the
   * official code.
   */
  scores(z: tf.Tensor2D): tf.Tensor2D {
    return trainingLinear(l2Normalise(z), this.#kernel);
  }

  /** Sets the prototypes' length back to 1. Call it after an update. */
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
