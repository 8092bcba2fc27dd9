import { breathe } from '../data/import/breathe';
import type { LiveKey, LiveValue } from '../domain/runConfig';
import type { RunState } from '../domain/signal';
import type { StepOutcome, Trainer } from '../engine/run/trainer';
import type { EngineError } from '../protocol/events';
import { toEngineError } from './errors';
import { evaluateRun } from './evaluateRun';
import type { RunSignals } from './runSignals';
import { StillSearch } from './stillSearch';

/** A run of the page, and the loop that drives it. */
export class HostedRun {
  readonly id: string;
  readonly #trainer: Trainer;
  readonly #signals: RunSignals;
  readonly #onError: (error: EngineError) => void;
  /** What the page asked for last. */
  #wanted: 'train' | 'pause' | 'end' = 'pause';
  /** The loop or measurement under way; never rejects. */
  #work: Promise<void> = Promise.resolve();
  #failed = false;
  /** `requested`: between two steps; `cancelled`: the one under way stops at its next report of progress. */
  #evaluation: 'none' | 'requested' | 'running' | 'cancelled' = 'none';
  /** Under way only while no work is. */
  readonly #search: StillSearch;

  /**
   * @param signals receive what the trainer reports, too
   * @param onError called with an error in the run's work
   */
  constructor(id: string, trainer: Trainer, signals: RunSignals, onError: (error: EngineError) => void) {
    this.id = id;
    this.#trainer = trainer;
    this.#signals = signals;
    this.#onError = onError;
    this.#search = new StillSearch(trainer);
  }

  /** Prepares a run at step 0 and measures its untrained network; it is paused then. */
  start(): void {
    this.#setState('building');
    this.#addWork(async () => {
      await this.#trainer.start();
      this.#setState('paused');
    });
  }

  train(): void {
    if (this.#wanted === 'train') return;
    this.#wanted = 'train';
    this.#addWork(() => this.#loop());
  }

  /** Resolves once the run stands still. */
  async pause(): Promise<void> {
    this.#wanted = 'pause';
    await this.#work;
  }

  /** Takes one step, and is paused then. */
  async singleStep(): Promise<void> {
    this.#wanted = 'pause';
    this.#addWork(async () => {
      if (this.#isWanted('end') || this.#failed) return;
      await this.#settle(await this.#trainer.advance());
    });
    await this.#work;
  }

  /** Changes a setting before the next step. */
  change(key: LiveKey, value: LiveValue): void {
    this.#trainer.change(key, value);
  }

  /** Evaluates after the present step, or at once where the run does not train. */
  requestEvaluation(): void {
    if (this.#evaluation !== 'none') return;
    this.#evaluation = 'requested';
    this.#addWork(async () => {
      if (this.#evaluation === 'requested') await this.#evaluate();
    });
  }

  cancelEvaluation(): void {
    if (this.#evaluation === 'running') this.#evaluation = 'cancelled';
    else if (this.#evaluation === 'requested') {
      this.#evaluation = 'none';
      this.#signals.send({ kind: 'evaluating', value: { share: null } });
    }
  }

  /** Reports the neighbours of other queries; a search under way begins again with these. */
  async setQueries(indices: readonly number[]): Promise<void> {
    void this.#search.stop();
    await this.#trainer.setQueries(indices);
    this.#work = this.#work.then(() => this.#searchWhereStill());
  }

  /** Stops the run where it is, since its numbers are of no use from now on. */
  fail(): void {
    if (this.#failed) return;
    this.#failed = true;
    void this.#search.stop();
    this.#setState('failed');
  }

  /** Ends the run, once its current step or measurement has ended, and frees its memory. */
  async end(): Promise<void> {
    this.#signals.close();
    this.#wanted = 'end';
    this.#trainer.cancel();
    // On a lost device the work may never end.
    if (!this.#failed) {
      await this.#work;
      await this.#search.stop();
    }
    this.#trainer.dispose();
  }

  /** A method, since `#wanted` changes while a part of the work is awaited. */
  #isWanted(wanted: 'train' | 'pause' | 'end'): boolean {
    return this.#wanted === wanted;
  }

  /** Does a part of the work after the earlier parts. It stops a search under way; another begins once the run stands still. */
  #addWork(work: () => Promise<void>): void {
    this.#work = this.#work.then(async () => {
      // On a lost device the search may never end.
      if (!this.#failed) await this.#search.stop();
      await this.#guard(work);
      this.#searchWhereStill();
    });
  }

  #searchWhereStill(): void {
    if (this.#wanted === 'pause' && !this.#failed) this.#search.begin((search) => this.#guard(search));
  }

  /** Runs a part of the work; errors in it are reported, not thrown. */
  async #guard(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (this.#wanted !== 'end' && !this.#failed) this.#onError(toEngineError(error));
    } finally {
      this.#signals.report();
    }
  }

  async #loop(): Promise<void> {
    if (this.#wanted !== 'train' || this.#failed) return;
    this.#setState('training');
    let outcome: StepOutcome = 'continue';
    while (this.#wanted === 'train' && !this.#failed && outcome === 'continue') {
      outcome = await this.#trainer.advance();
      if (this.#evaluation === 'requested' && outcome === 'continue') await this.#evaluate();
      // Lets messages from the page arrive: they are tasks, and a chain of promises alone never yields to a task.
      await breathe();
    }
    await this.#settle(outcome);
  }

  async #evaluate(): Promise<void> {
    this.#evaluation = 'running';
    try {
      const isCancelled = () => this.#evaluation === 'cancelled' || this.#wanted === 'end' || this.#failed;
      // A step's measurements come before the evaluation of its weights.
      this.#signals.report();
      await evaluateRun(this.#trainer, (signal) => this.#signals.send(signal), isCancelled);
    } finally {
      this.#evaluation = 'none';
    }
  }

  async #settle(outcome: StepOutcome): Promise<void> {
    await this.#trainer.flush();
    if (this.#failed || this.#isWanted('end')) return;
    if (outcome !== 'continue') this.#wanted = 'pause';
    if (outcome === 'finished') await this.#evaluate();
    if (this.#failed || this.#isWanted('end')) return;
    this.#signals.report();
    this.#setState(outcome === 'continue' ? 'paused' : outcome);
  }

  #setState(state: RunState): void {
    this.#signals.send({ kind: 'state', value: { state, step: this.#trainer.step } });
  }
}
