import type { Measurement } from '../../domain/measurement';
import type { Emit } from '../../domain/signal';
import type { RunMonitors } from '../monitors/runMonitors';
import type { Due } from './cadence';

/** Measures what is due, and reports it. */
export class Measuring {
  readonly #monitors: RunMonitors;
  readonly #report: (measurement: Measurement) => void;
  readonly #emit: Emit;

  /** @param report receives the measurements that a run is judged by */
  constructor(monitors: RunMonitors, report: (measurement: Measurement) => void, emit: Emit) {
    this.#monitors = monitors;
    this.#report = report;
    this.#emit = emit;
  }

  /** Measures the untrained network, and the baselines. */
  async untrained(due: Due): Promise<void> {
    const accuracies = await this.#accuracies(0, due);
    await this.#probe(0, due);
    this.#emit({ kind: 'baselines', value: await this.#monitors.baselines(accuracies) });
  }

  async after(step: number, due: Due): Promise<void> {
    await this.#probe(step, due);
    await this.#accuracies(step, due);
  }

  /** Sets the images whose neighbours are reported from now on, and reports them. */
  async setQueries(indices: readonly number[], step: number): Promise<void> {
    await this.#monitors.setQueries(indices, step);
    this.#neighbours();
  }

  async #probe(step: number, due: Due): Promise<void> {
    if (!due.probe) return;
    await this.#monitors.probe(step);
    this.#neighbours();
    const ranks = due.ranks ? this.#monitors.ranks() : null;
    if (ranks !== null) this.#report(ranks);
  }

  async #accuracies(step: number, due: Due): Promise<Measurement | null> {
    if (!due.accuracies) return null;
    const measurement = await this.#monitors.accuracies(step);
    this.#report(measurement);
    return measurement;
  }

  #neighbours(): void {
    const value = this.#monitors.neighbours();
    if (value !== null) this.#emit({ kind: 'neighbours', value });
  }
}
