import { disposeSnapshot, type RunSnapshot } from './state';

/** Keeps the last snapshot of a run whose weights are known to be good, to go back to when the run diverges. */
export class GoodWeights {
  #good: RunSnapshot;
  /** A snapshot that is not yet known to be good: only a loss computed with its weights, in a later step, shows that. */
  #candidate: RunSnapshot | null = null;

  /** @param initial snapshot of the initialised network, which counts as good; this object disposes it */
  constructor(initial: RunSnapshot) {
    this.#good = initial;
  }

  /** Takes ownership of a snapshot that is not yet known to be good. */
  take(snapshot: RunSnapshot): void {
    if (this.#candidate !== null) disposeSnapshot(this.#candidate);
    this.#candidate = snapshot;
  }

  /** Starts again from a snapshot that counts as good, and takes ownership of it. */
  restart(snapshot: RunSnapshot): void {
    this.dispose();
    this.#good = snapshot;
  }

  /** To be called when the loss of a step (counted from 1) was good, which shows that the weights before it were good. */
  confirm(step: number): void {
    if (this.#candidate === null || step <= this.#candidate.step) return;
    disposeSnapshot(this.#good);
    this.#good = this.#candidate;
    this.#candidate = null;
  }

  /** The last snapshot known to be good; the caller must not dispose it. */
  get last(): RunSnapshot {
    return this.#good;
  }

  dispose(): void {
    disposeSnapshot(this.#good);
    if (this.#candidate !== null) disposeSnapshot(this.#candidate);
    this.#candidate = null;
  }
}
