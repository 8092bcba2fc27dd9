import { breathe } from '../data/import/breathe';
import type { LiveKey, LiveValue } from '../domain/runConfig';
import type { RunState } from '../domain/signal';
import type { ChangesState } from '../engine/run/changesInFlight';
import type { StepOutcome, Trainer } from '../engine/run/trainer';
import type { EngineError } from '../protocol/events';
import { CommandError, toEngineError } from './errors';
import { evaluateRun } from './evaluateRun';
import type { LastCheckpoint } from './lastCheckpoint';
import type { LazyKeeper } from './lazyKeeper';
import type { RunSignals } from './runSignals';
import { StillSearch } from './stillSearch';

/** How long a run whose engine is lost may take to end its work: on a lost device some work never ends. */
const GRACE_MS = 2000;

/** A change that the page asked for, with the answer. */
interface AskedChange {
  readonly key: LiveKey;
  readonly value: LiveValue;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** What a run was doing, or had done, when its engine was lost. */
interface Plans {
  readonly queries: readonly number[] | null;
  readonly evaluates: boolean;
  /** Whether it had reached its end, or was to train. */
  readonly trains: boolean;
  readonly changes: readonly AskedChange[];
}

export interface HostedRunParts {
  readonly id: string;
  readonly trainer: Trainer;
  /** Receive what the trainer reports, too. */
  readonly signals: RunSignals;
  /** Null where the run is not kept. */
  readonly keeper: LazyKeeper | null;
  /** Where the run goes on from when its engine is lost; the keeper, where there is one, makes them. */
  readonly lastCheckpoint: LastCheckpoint;
  /** Called with an error in the run's work. */
  readonly onError: (error: EngineError) => void;
}

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
  /** Set once no more work is to be done, since the run failed or its engine was lost. */
  #failed = false;
  #isInterrupted = false;
  #lostAt = 0;
  /** Whether the run has reached its end, or diverged. */
  #isOver = false;
  #queries: readonly number[] | null = null;
  /** What was reported last; null before the first report. */
  #state: RunState | null = null;
  #stopped: () => void = () => undefined;
  /** Resolves when the run fails or its engine is lost: its work may never end then. */
  readonly #untilStopped = new Promise<void>((resolve) => {
    this.#stopped = resolve;
  });
  /** `requested`: between two steps; `cancelled`: the one under way stops at its next report of progress. */
  #evaluation: 'none' | 'requested' | 'running' | 'cancelled' = 'none';
  /** Under way only while no work is. */
  readonly #search: StillSearch;

  readonly #keeper: LazyKeeper | null;
  readonly #lastCheckpoint: LastCheckpoint;
  /** Changes to be made before the next step, after a checkpoint. */
  readonly #changes: AskedChange[] = [];
  /** Answers to requests of the page for a checkpoint. */
  readonly #askedToKeep: (() => void)[] = [];
  /** Work that was asked for between two steps; never rejects. */
  readonly #askedWork: (() => Promise<void>)[] = [];
  /** Whether the run waits for such work. */
  #waits = false;

  constructor({ id, trainer, signals, keeper, lastCheckpoint, onError }: HostedRunParts) {
    this.id = id;
    this.#trainer = trainer;
    this.#signals = signals;
    this.#keeper = keeper;
    this.#lastCheckpoint = lastCheckpoint;
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

  /** In place of `start`: shows a run that was resumed from a checkpoint. */
  resumed(): void {
    this.#signals.report();
    this.#isOver = !this.#hasStepsLeft;
    this.#setState(this.#isOver ? 'finished' : 'paused');
    this.#searchWhereStill();
  }

  /** In place of `start`: goes on with what a run did whose engine was lost. */
  goOn({ queries, evaluates, trains, changes }: Plans): void {
    if (queries !== null) void this.setQueries(queries).catch(() => undefined);
    for (const { key, value, resolve, reject } of changes) this.change(key, value).then(resolve, reject);
    if (trains) this.train();
    else this.#addWork(async () => this.#setState('paused'));
    if (evaluates) this.requestEvaluation();
  }

  /** Whether its weights are of no use, since it has diverged. */
  get hasDiverged(): boolean {
    return this.#state === 'diverged';
  }

  /** Updates that were finished when the engine was lost; 0 where it was not. */
  get lostAt(): number {
    return this.#lostAt;
  }

  train(): void {
    if (this.#wanted === 'train') return;
    this.#wanted = 'train';
    this.#addWork(() => this.#loop());
  }

  /** Ends the training after the step under way. */
  stopTraining(): void {
    this.#wanted = 'pause';
  }

  /** Resolves once the run stands still, as it does while it waits between two steps. */
  async pause(): Promise<void> {
    this.stopTraining();
    if (!this.#waits) await this.#still;
    else if (this.#state === 'training') {
      // Its measurements come before the state.
      this.#signals.report();
      this.#setState('paused');
    }
  }

  /** Takes one step, and is paused then. */
  async singleStep(): Promise<void> {
    this.#wanted = 'pause';
    this.#addWork(async () => {
      if (this.#isWanted('end') || this.#failed) return;
      await this.#changeSettings();
      await this.#settle(await this.#trainer.advance());
    });
    await this.#still;
  }

  /** Resolves when the work so far has ended, or never will. */
  get #still(): Promise<void> {
    return Promise.race([this.#work, this.#untilStopped]);
  }

  get #hasStepsLeft(): boolean {
    return this.#trainer.step < this.#trainer.end;
  }

  /**
   * Changes a setting before the next step. Resolves when it is changed: in a run that is kept, after the checkpoint before the change was
   * taken.
   */
  change(key: LiveKey, value: LiveValue): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#changes.push({ key, value, resolve, reject });
      // The run that goes on makes it.
      if (this.#isInterrupted) return;
      if (this.#keeper === null || this.#failed) this.#makeChanges();
      else this.#work = this.#work.then(() => this.#guard(() => this.#changeSettings()));
    });
  }

  /** Writes a checkpoint after the present step. Resolves when it is written, or cannot be. */
  async keep(): Promise<void> {
    if (this.#keeper === null || this.#failed) return;
    const kept = new Promise<void>((resolve) => {
      this.#askedToKeep.push(resolve);
      this.#work = this.#work.then(() => this.#guard(() => this.#keepAsAsked()));
    });
    await Promise.race([kept, this.#untilStopped]);
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

  /**
   * Does something with the run after its present step, while the run waits. Its errors are the caller's alone.
   * @param work what to do; `isStopped` says that the run is not to wait any longer, since it ends or its engine is lost
   * @throws CommandError (rejection) at once where the run fails or its engine is lost: on a lost device the work may never end
   */
  betweenSteps<T>(work: (trainer: Trainer, isStopped: () => boolean) => Promise<T>): Promise<T> {
    const done = new Promise<T>((resolve, reject) => {
      const isStopped = () => this.#wanted === 'end' || this.#failed;
      this.#askedWork.push(() => work(this.#trainer, isStopped).then(resolve, reject));
      this.#addWork(() => this.#doAsked());
    });
    return Promise.race([done, this.#untilStopped.then(() => Promise.reject(this.#stoppedError()))]);
  }

  #stoppedError(): CommandError {
    return this.#isInterrupted
      ? new CommandError('device-lost', 'The engine was lost meanwhile. Try again once the run goes on.')
      : new CommandError('stale-run', 'The run has failed. Reset starts it over.');
  }

  /** Reports the neighbours of other queries; a search under way begins again with these. */
  async setQueries(indices: readonly number[]): Promise<void> {
    void this.#search.stop();
    this.#queries = indices;
    await this.#trainer.setQueries(indices);
    this.#work = this.#work.then(() => this.#searchWhereStill());
  }

  /** Stops the run where it is, since its numbers are of no use from now on. */
  fail(): void {
    if (this.#failed && !this.#isInterrupted) return;
    this.#isInterrupted = false;
    this.#failed = true;
    this.#stopped();
    void this.#search.stop();
    this.#setState('failed');
    this.#makeChanges();
  }

  /** Stops the run at once, since its engine is lost; `plans` and `changesSoFar` say how another one goes on. */
  interrupt(): void {
    if (this.#failed) return;
    this.#failed = true;
    this.#isInterrupted = true;
    this.#lostAt = this.#trainer.step;
    this.#stopped();
    this.#signals.cut();
    this.#trainer.cancel();
    void this.#search.stop();
  }

  /** Whether it does no more work, since it failed or its engine is lost. */
  get isStopped(): boolean {
    return this.#failed;
  }

  get isInterrupted(): boolean {
    return this.#isInterrupted;
  }

  /** Frees an interrupted run, once its work has ended. */
  async dispose(): Promise<void> {
    const work = Promise.all([this.#work, this.#search.stop(), this.#keeper?.settled()]);
    await Promise.race([work, new Promise((resolve) => setTimeout(resolve, GRACE_MS))]);
    this.#trainer.dispose();
  }

  get plans(): Plans {
    const evaluates = this.#evaluation === 'requested' || this.#evaluation === 'running';
    const trains = this.#wanted === 'train' || this.#isOver;
    return { queries: this.#queries, evaluates, trains, changes: this.#changes };
  }

  /** The changes made so far, and those of the link that are still to be made. */
  get changesSoFar(): ChangesState {
    return this.#trainer.allChanges;
  }

  /** Ends the run, once its current step or measurement has ended, and frees its memory. */
  async end(): Promise<void> {
    this.#signals.close();
    this.#wanted = 'end';
    this.#trainer.cancel();
    await this.#still;
    if (!this.#failed) {
      await this.#search.stop();
      await this.#keepAtEnd();
    }
    this.#trainer.dispose();
  }

  async #keepAtEnd(): Promise<void> {
    try {
      await this.#keeper?.stopped(this.#trainer);
    } catch {
      // The engine broke after the last step; the checkpoint before stays.
    }
    await this.#keeper?.settled();
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
    if (this.#wanted === 'end' || this.#failed) return;
    if (this.#wanted === 'pause') {
      // A run that takes the place of a lost one has not said yet that it is paused.
      if (this.#state === null) this.#setState('paused');
      return;
    }
    let outcome: StepOutcome = 'continue';
    while (this.#wanted === 'train' && !this.#failed && outcome === 'continue') {
      // It was paused, and is to train again, while it waited.
      if (this.#state !== 'training') this.#setState('training');
      await this.#changeSettings();
      outcome = await this.#trainer.advance();
      if (outcome === 'continue')
        await (this.#keeper?.stepped(this.#trainer) ?? this.#lastCheckpoint.after(this.#trainer));
      await this.#keepAsAsked();
      if (this.#evaluation === 'requested' && outcome === 'continue') await this.#evaluate();
      if (outcome === 'continue') await this.#doAsked();
      // Lets messages from the page arrive: they are tasks, and a chain of promises alone never yields to a task.
      await breathe();
    }
    await this.#settle(outcome);
  }

  /** Makes the changes that are due before the next step, with a checkpoint before them. */
  async #changeSettings(): Promise<void> {
    const isPlanned = this.#trainer.isChangeDue;
    if (this.#keeper === null || this.#failed || (this.#changes.length === 0 && !isPlanned)) return;
    await this.#keeper.beforeChange(this.#trainer, isPlanned);
    if (this.#makeChanges() > 0) this.#keeper.changed(this.#trainer);
  }

  /** Makes the changes that the page asked for; returns how many. */
  #makeChanges(): number {
    const changes = this.#changes.splice(0);
    for (const { key, value, resolve, reject } of changes) {
      try {
        this.#trainer.change(key, value);
        resolve();
      } catch (error) {
        reject(error);
      }
    }
    // A finished run may have got more steps.
    if (this.#state === 'finished' && this.#hasStepsLeft) {
      this.#isOver = false;
      this.#setState('paused');
    }
    return changes.length;
  }

  /** Does what was asked for between two steps. */
  async #doAsked(): Promise<void> {
    this.#waits = true;
    try {
      for (const work of this.#askedWork.splice(0)) await work();
    } finally {
      this.#waits = false;
    }
  }

  /** Takes a checkpoint where the page asked for one, and answers once it is written. */
  async #keepAsAsked(): Promise<void> {
    const asked = this.#askedToKeep.splice(0);
    if (asked.length === 0) return;
    try {
      await this.#keeper?.stopped(this.#trainer);
    } finally {
      void this.#keeper?.settled().then(() => {
        for (const answer of asked) answer();
      });
    }
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
    if (outcome === 'finished') {
      await this.#keepHere();
      await this.#evaluate();
    }
    if (this.#failed || this.#isWanted('end')) return;
    this.#signals.report();
    // More steps may have been asked for during the evaluation.
    const state = outcome === 'continue' || (outcome === 'finished' && this.#hasStepsLeft) ? 'paused' : outcome;
    this.#isOver = state !== 'paused';
    this.#setState(state);
    if (outcome !== 'finished') await this.#keepHere();
  }

  /** Makes a checkpoint of a run that stands still. */
  async #keepHere(): Promise<void> {
    await (this.#keeper?.stopped(this.#trainer) ?? this.#lastCheckpoint.take(this.#trainer));
  }

  #setState(state: RunState): void {
    this.#state = state;
    this.#signals.send({ kind: 'state', value: { state, step: this.#trainer.step } });
  }
}
