import * as tf from '@tensorflow/tfjs';
import { type TrainingImages, withPixels } from '../images/pictureCache';
import { assignInPlace } from '../kernels/movingAverage';
import type { Method } from '../methods/method';
import type { StepInputs } from '../methods/stepInputs';
import { seededRandom } from '../random';
import type { StagedBatch } from './stagedBatch';

type Targets = NonNullable<StepInputs['targets']>;

/** The targets of consecutive steps, of which the first is `from` (counted from 0). */
export interface HeldTargetsState {
  readonly from: number;
  readonly targets: readonly Targets[];
}

/** The batches whose targets are computed. */
export interface TargetBatches {
  readonly dataset: TrainingImages;
  readonly staged: StagedBatch;
  /** Images per batch. */
  readonly size: number;
  /** The images of a step's batch, as indices of the data set. */
  readonly imagesOf: (step: number) => Uint32Array;
  readonly seed: number;
}

/**
 * Alternating optimisation (Sec. 5.2): the targets of the next `innerSteps` steps are computed together, with the weights before the first
 * of them, and then held constant. With one inner step this is SimSiam itself.
 */
export class HeldTargets {
  readonly #method: Method;
  readonly #innerSteps: number;
  readonly #batches: TargetBatches;
  /** The targets of the current step, always in the same buffers, since recorded steps read these. */
  readonly #current: { readonly z1: tf.Variable<tf.Rank.R2>; readonly z2: tf.Variable<tf.Rank.R2> };
  #held: HeldTargetsState = { from: 0, targets: [] };

  constructor(method: Method, innerSteps: number, batches: TargetBatches) {
    this.#method = method;
    this.#innerSteps = innerSteps;
    this.#batches = batches;
    const blank = () => tf.tidy(() => tf.variable(tf.zeros<tf.Rank.R2>([batches.size, method.outputDim]), false));
    this.#current = { z1: blank(), z2: blank() };
  }

  /** Targets of the step that was loaded last; the caller must not dispose them. */
  get current(): Targets {
    return this.#current;
  }

  /** Computes a step's targets, and those of the steps held with it, where they are not held yet. To be awaited before `load`. */
  async prepare(step: number): Promise<void> {
    const from = this.#firstOf(step);
    if (this.#held.targets.length > 0 && from === this.#held.from) return;
    disposeHeldTargets(this.#held);
    const targets: Targets[] = [];
    this.#held = { from, targets };
    const { dataset, imagesOf } = this.#batches;
    for (let next = from; next < from + this.#innerSteps; next++) {
      targets.push(await withPixels(dataset, imagesOf(next), () => this.#stage(next)()));
    }
  }

  /** Makes a step's targets the current ones. Call it before the step's own batch is staged. */
  load(step: number): void {
    this.#show(this.#held.targets[step - this.#firstOf(step)]);
  }

  #firstOf(step: number): number {
    return step - (step % this.#innerSteps);
  }

  /** Stages a step's batch; returns the device work that `load` does, to be compiled but not executed. */
  rehearsal(step: number): () => void {
    const embed = this.#stage(step);
    return () => {
      const targets = embed();
      this.#show(targets);
      tf.dispose([targets.z1, targets.z2]);
    };
  }

  /** The targets held, as tensors that the caller disposes. */
  state(): HeldTargetsState {
    return copyOf(this.#held);
  }

  /** Goes back to a state, which is not disposed. */
  restore(state: HeldTargetsState): void {
    const held = copyOf(state);
    disposeHeldTargets(this.#held);
    this.#held = held;
  }

  /** Stages a step's batch; returns the device work that makes its targets. */
  #stage(step: number): () => Targets {
    const { staged, imagesOf, seed } = this.#batches;
    // The same views that the step itself will use (Eq. 8).
    const makeViews = staged.stage(imagesOf(step), seededRandom(seed, 'augment', step));
    return () =>
      tf.tidy(() => {
        const { x1, x2 } = makeViews();
        return { z1: this.#method.embed(x1, 'measure').z, z2: this.#method.embed(x2, 'measure').z };
      });
  }

  #show({ z1, z2 }: Targets): void {
    assignInPlace([
      { target: this.#current.z1 as tf.Variable, online: z1 },
      { target: this.#current.z2 as tf.Variable, online: z2 },
    ]);
  }

  dispose(): void {
    disposeHeldTargets(this.#held);
    this.#held = { from: 0, targets: [] };
    tf.dispose([this.#current.z1, this.#current.z2]);
  }
}

export function disposeHeldTargets({ targets }: HeldTargetsState): void {
  for (const { z1, z2 } of targets) tf.dispose([z1, z2]);
}

/** Held targets are never overwritten, so that a copy may share their data. */
function copyOf({ from, targets }: HeldTargetsState): HeldTargetsState {
  return { from, targets: targets.map(({ z1, z2 }) => ({ z1: tf.clone(z1), z2: tf.clone(z2) })) };
}
