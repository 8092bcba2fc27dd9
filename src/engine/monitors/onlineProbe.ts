import * as tf from '@tensorflow/tfjs';
import type { FeatureRows } from '../../domain/features';
import { batchNormForward } from '../kernels/batchNorm/batchNorm';
import { linearWeightGradient, trainingLinear } from '../kernels/linear';
import { assignInPlace } from '../kernels/movingAverage';
import { sgdUpdate } from '../kernels/sgd';
import { SCALAR } from '../methods/stepInputs';

/** Learning rate before the cosine decay, for features of unit variance. */
export const PROBE_RATE = 0.03;
const MOMENTUM = 0.9;
/** Added to the variance of a feature, as in BN. */
const EPSILON = 1e-5;

/** The labels of a batch for the probe. */
export interface ProbeTargets {
  /** [rows, classes]: 1/labelled rows in the column of a row's class, else 0; a row without a label is all 0. */
  readonly classes: tf.Tensor2D;
  /** [rows, classes]: 1/labelled rows; 0 in a row without a label. */
  readonly weights: tf.Tensor2D;
}

/**
 * A linear classifier on the backbone's features, trained beside the run with the labels of its batches: cross-entropy, SGD with momentum.
 * No gradient passes from it to the features, and it draws no random numbers, so that the run is the same with and without it. Features are
 * scaled to mean 0 and variance 1 first, because their scale changes during training.
 */
export class OnlineProbe {
  readonly classes: number;
  /** [featureDim + 1, classes]; the last row is the bias. */
  readonly #weight: tf.Variable<tf.Rank.R2>;
  readonly #velocity: tf.Variable<tf.Rank.R2>;
  readonly #ones: tf.Tensor1D;
  readonly #zeros: tf.Tensor1D;

  constructor(featureDim: number, classes: number) {
    this.classes = classes;
    const blank = () => tf.tidy(() => tf.variable(tf.zeros<tf.Rank.R2>([featureDim + 1, classes]), false));
    this.#weight = blank();
    this.#velocity = blank();
    this.#ones = tf.keep(tf.ones<tf.Rank.R1>([featureDim]));
    this.#zeros = tf.keep(tf.zeros<tf.Rank.R1>([featureDim]));
  }

  /**
   * One update by features [rows, featureDim]; device work only. Call it outside the function that is differentiated.
   * @param scalars the step's numbers, with the probe's rate
   */
  update(features: tf.Tensor2D, { classes, weights }: ProbeTargets, scalars: tf.Tensor1D): void {
    tf.tidy(() => {
      const { y } = batchNormForward({
        x: features,
        gamma: this.#ones,
        beta: this.#zeros,
        residual: null,
        relu: false,
        epsilon: EPSILON,
        moving: null,
      });
      const x = tf.concat<tf.Tensor2D>([y, tf.ones([features.shape[0], 1])], 1);
      const shares = tf.softmax(trainingLinear(x, this.#weight));
      const gradient = linearWeightGradient(x, tf.sub(tf.mul(shares, weights), classes));
      const item = { weight: this.#weight as tf.Variable, velocity: this.#velocity as tf.Variable, gradient };
      sgdUpdate([{ ...item, rate: SCALAR.probeLearningRate }], scalars, { momentum: MOMENTUM, weightDecay: 0 });
    });
  }

  /**
   * Share of rows that the probe classifies rightly, in [0, 1]; NaN without rows.
   * @param reference features whose mean and variance scale the rows
   * @param labels a class 0..classes - 1 for each row
   */
  async accuracy(reference: FeatureRows, rows: FeatureRows, labels: ArrayLike<number>): Promise<number> {
    const weight = await this.#weight.data<'float32'>();
    const scaled = standardised(reference, rows);
    let correct = 0;
    for (let n = 0; n < rows.n; n++) {
      if (classOf(scaled.subarray(n * rows.d, (n + 1) * rows.d), weight, this.classes) === labels[n]) correct++;
    }
    return correct / rows.n;
  }

  /** Copies of what the next update depends on; the caller disposes them. */
  state(): ReadonlyMap<string, tf.Tensor> {
    // Adding zero copies the values, which an update overwrites in place.
    const copyOf = (variable: tf.Tensor) => tf.tidy(() => tf.add(variable, 0));
    return new Map([
      ['weight', copyOf(this.#weight)],
      ['velocity', copyOf(this.#velocity)],
    ]);
  }

  /** Restores a state, which is not disposed. */
  restore(state: ReadonlyMap<string, tf.Tensor>): void {
    const parts = [
      ['weight', this.#weight],
      ['velocity', this.#velocity],
    ] as const;
    assignInPlace(
      parts.flatMap(([name, target]) => {
        const online = state.get(name);
        return online === undefined ? [] : [{ target: target as tf.Variable, online }];
      }),
    );
  }

  dispose(): void {
    tf.dispose([this.#weight, this.#velocity, this.#ones, this.#zeros]);
  }
}

/** (rows - mean) / sqrt(variance + epsilon) with the reference's mean and variance, in float64. */
function standardised(reference: FeatureRows, { data, d }: FeatureRows): Float64Array {
  const { n } = reference;
  const mean = new Float64Array(d);
  reference.data.forEach((value, i) => {
    mean[i % d] += value / n;
  });
  const variance = new Float64Array(d);
  reference.data.forEach((value, i) => {
    variance[i % d] += (value - mean[i % d]) ** 2 / n;
  });
  const scale = variance.map((value) => 1 / Math.sqrt(value + EPSILON));
  return Float64Array.from(data, (value, i) => (value - mean[i % d]) * scale[i % d]);
}

/** The class of the largest logit; of equal ones the first. */
function classOf(row: Float64Array, weight: Float32Array, classes: number): number {
  let best = 0;
  let highest = Number.NEGATIVE_INFINITY;
  for (let c = 0; c < classes; c++) {
    let logit = weight[row.length * classes + c];
    for (let i = 0; i < row.length; i++) logit += row[i] * weight[i * classes + c];
    if (logit > highest) {
      highest = logit;
      best = c;
    }
  }
  return best;
}
