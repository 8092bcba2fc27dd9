import * as tf from '@tensorflow/tfjs';
import { assignInPlace } from '../kernels/movingAverage';
import type { Method } from '../methods/method';
import type { StepInputs } from '../methods/stepInputs';
import { seededRandom } from '../random';
import type { StagedBatch } from './stagedBatch';

type Targets = NonNullable<StepInputs['targets']>;

/**
 * Alternating optimisation (Sec. 5.2): the representations that the next `innerSteps` steps are to predict are computed at once, with the
 * weights as they are before the first of them, and then held. With one inner step this is SimSiam itself.
 */
export class HeldTargets {
  readonly #method: Method;
  readonly #innerSteps: number;
  readonly #batch: StagedBatch;
  readonly #imagesOf: (step: number) => Uint32Array;
  readonly #seed: number;
  /** Those of the step at hand, always in the same place, for steps that are replayed. */
  #current: { readonly z1: tf.Variable; readonly z2: tf.Variable } | null = null;
  #held: Targets[] = [];
  #heldFrom = 0;

  constructor(
    method: Method,
    innerSteps: number,
    batch: StagedBatch,
    imagesOf: (step: number) => Uint32Array,
    seed: number,
  ) {
    this.#method = method;
    this.#innerSteps = innerSteps;
    this.#batch = batch;
    this.#imagesOf = imagesOf;
    this.#seed = seed;
  }

  /** Targets of a step; they stay this object's, and hold until the next call. To be called before the step's own batch is staged. */
  of(step: number): Targets {
    const from = step - (step % this.#innerSteps);
    if (this.#held.length === 0 || from !== this.#heldFrom) this.#compute(from);
    const held = this.#held[step - from];
    this.#current ??= { z1: blankOf(held.z1), z2: blankOf(held.z2) };
    assignInPlace([
      { target: this.#current.z1, online: held.z1 },
      { target: this.#current.z2, online: held.z2 },
    ]);
    return this.#current as unknown as Targets;
  }

  #compute(from: number): void {
    this.#free();
    this.#heldFrom = from;
    for (let step = from; step < from + this.#innerSteps; step++) {
      // The very views that the step will see (Eq. 8).
      const makeViews = this.#batch.stage(this.#imagesOf(step), seededRandom(this.#seed, 'augment', step));
      const targets = tf.tidy(() => {
        const { x1, x2 } = makeViews();
        return { z1: this.#method.embed(x1, 'measure').z, z2: this.#method.embed(x2, 'measure').z };
      });
      this.#held.push(targets);
    }
  }

  #free(): void {
    for (const { z1, z2 } of this.#held) tf.dispose([z1, z2]);
    this.#held = [];
  }

  dispose(): void {
    this.#free();
    if (this.#current !== null) tf.dispose([this.#current.z1, this.#current.z2]);
    this.#current = null;
  }
}

function blankOf(z: tf.Tensor2D): tf.Variable {
  return tf.tidy(() => tf.variable(tf.zeros(z.shape), false));
}
