import * as tf from '@tensorflow/tfjs';
import type { Parameters } from '../network/nn/parameters';

interface Snapshot {
  readonly step: number;
  readonly weights: ReadonlyMap<string, tf.Tensor>;
}

/** The last weights known to be good, for a run that diverges. */
export class GoodWeights {
  readonly #parameters: Parameters;
  #good: Snapshot;
  /** Taken, but not known to be good: a loss says so only of the weights that it was computed with. */
  #candidate: Snapshot | null = null;

  /** Takes the weights as they are at step 0. */
  constructor(parameters: Parameters) {
    this.#parameters = parameters;
    this.#good = { step: 0, weights: parameters.snapshot() };
  }

  /** Takes the weights as they are after `step` steps. */
  take(step: number): void {
    free(this.#candidate);
    this.#candidate = { step, weights: this.#parameters.snapshot() };
  }

  /** Says that the loss of a step, the first being 1, was good: so were the weights before it. */
  confirm(step: number): void {
    if (this.#candidate === null || step <= this.#candidate.step) return;
    free(this.#good);
    this.#good = this.#candidate;
    this.#candidate = null;
  }

  /** Goes back to the last good weights; returns the step they are of. */
  restore(): number {
    this.#parameters.restore(this.#good.weights);
    return this.#good.step;
  }

  dispose(): void {
    free(this.#good);
    free(this.#candidate);
    this.#candidate = null;
  }
}

function free(snapshot: Snapshot | null): void {
  if (snapshot !== null) tf.dispose([...snapshot.weights.values()]);
}
