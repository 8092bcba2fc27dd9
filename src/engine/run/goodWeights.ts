import { disposeSnapshot, type RunSnapshot } from './state';

/** The last snapshot of a run whose weights are known to be good, for when it diverges. */
export class GoodWeights {
  #good: RunSnapshot;
  /** Taken, but not known to be good: a loss says so only of the weights that it was computed with. */
  #candidate: RunSnapshot | null = null;

  /** @param initial of the network as it was initialised, which is good; becomes this object's */
  constructor(initial: RunSnapshot) {
    this.#good = initial;
  }

  /** Takes a snapshot over. */
  take(snapshot: RunSnapshot): void {
    if (this.#candidate !== null) disposeSnapshot(this.#candidate);
    this.#candidate = snapshot;
  }

  /** Begins anew with a snapshot that is taken for good, and becomes this object's: the run goes on from there. */
  restart(snapshot: RunSnapshot): void {
    this.dispose();
    this.#good = snapshot;
  }

  /** Says that the loss of a step, the first being 1, was good: so were the weights before it. */
  confirm(step: number): void {
    if (this.#candidate === null || step <= this.#candidate.step) return;
    disposeSnapshot(this.#good);
    this.#good = this.#candidate;
    this.#candidate = null;
  }

  /** The last that is known to be good, which stays this object's. */
  get last(): RunSnapshot {
    return this.#good;
  }

  dispose(): void {
    disposeSnapshot(this.#good);
    if (this.#candidate !== null) disposeSnapshot(this.#candidate);
    this.#candidate = null;
  }
}
