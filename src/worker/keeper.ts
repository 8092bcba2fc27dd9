import type { EngineInfo } from '../domain/engineInfo';
import type { KeepingProblem, KeptWeights, RunKeeping } from '../domain/keptRun';
import type { LiveChange, RunConfig } from '../domain/runConfig';
import { CURRENT_VERSION } from '../domain/versions/registry';
import { CheckpointError } from '../engine/run/checkpoint/checkpointError';
import { writeCheckpoint } from '../engine/run/checkpoint/checkpointFile';
import { readTaken, type TakenRun, takeRun } from '../engine/run/checkpoint/saveRun';
import { disposeSnapshot } from '../engine/run/state';
import type { Trainer } from '../engine/run/trainer';
import type { KeptFor, RunPointer } from '../storage/runPointer';
import { StorageError } from '../storage/runStorage';
import { bytesIn, isRested, isWriteDue, type KeptSteps, NONE_KEPT, planWrite, withReasons } from './keepPolicy';
import type { OpenedCheckpoints } from './openCheckpoints';

/** What a keeper writes with and for. */
export interface KeeperParts {
  readonly config: RunConfig;
  readonly keeping: RunKeeping;
  readonly checkpoints: OpenedCheckpoints;
  /** The engine that computes the run now. */
  readonly engine: () => EngineInfo;
  /** Receives what is kept, after each write. */
  readonly report: (kept: KeptWeights) => void;
  /** Receives each checkpoint before it is written. */
  readonly hold: (step: number, file: Uint8Array<ArrayBuffer>) => void;
  /** The time in milliseconds. */
  readonly now: () => number;
}

/** A write that waits for the ones before it. Without content only the pointer is written. */
interface Write {
  readonly step: number;
  readonly changes: readonly LiveChange[];
  readonly keptFor: readonly KeptFor[];
  readonly content: TakenRun | Uint8Array<ArrayBuffer> | null;
}

/**
 * Writes checkpoints of a run into the storage. Taking one keeps the run from its next step, reading it from the device and writing it do
 * not: writes are done one after the other while the run goes on.
 */
export class Keeper {
  readonly #parts: KeeperParts;
  #kept: KeptSteps;
  #isNew: boolean;
  /** The step of the checkpoint that was taken last, and when; the run is not kept before its first step. */
  #takenStep: number;
  #takenAt: number;
  #changedAt = Number.NEGATIVE_INFINITY;
  /** Milliseconds that the last checkpoint took without the writing itself. */
  #costMs = 0;
  /** Bytes of this run's checkpoints that the budget left no room for. */
  #leftOut = 0;
  readonly #waiting: Write[] = [];
  #working: Promise<void> | null = null;
  /** How many engines were lost. */
  #lost = 0;

  /** @param kept the run's checkpoints where it goes on from one of them */
  constructor(parts: KeeperParts, kept: KeptSteps = NONE_KEPT) {
    this.#parts = parts;
    this.#kept = kept;
    this.#isNew = kept.last === null;
    this.#takenStep = kept.last ?? 0;
    this.#takenAt = parts.now();
  }

  /** To be called after each step of a training run. */
  async stepped(trainer: Trainer): Promise<void> {
    const since = {
      steps: trainer.step - this.#takenStep,
      ms: this.#msSince(this.#takenAt),
      costMs: this.#costMs,
      isFirst: this.#takenStep === 0,
    };
    if (this.#parts.keeping.forksAt.includes(trainer.step)) await this.#take(trainer);
    else if (this.#working === null && isWriteDue(since)) await this.#take(trainer);
  }

  /** To be called when a run stands still, or is about to end. */
  async stopped(trainer: Trainer): Promise<void> {
    if (trainer.step !== this.#takenStep) await this.#take(trainer);
  }

  /**
   * To be called before a change in flight takes effect. Of several in quick succession while the run trains, as when a slider is dragged, a
   * checkpoint is taken before the first.
   * @param isPlanned whether a link carries the change; a checkpoint is taken before each of those
   */
  async beforeChange(trainer: Trainer, isPlanned: boolean): Promise<void> {
    const isRepeated = !isRested({ ms: this.#msSince(this.#changedAt), costMs: this.#costMs });
    this.#changedAt = this.#parts.now();
    if (trainer.step === 0) return;
    if (trainer.step === this.#takenStep) {
      this.#add({ step: trainer.step, changes: trainer.changes, keptFor: ['change'], content: null });
    } else if (isPlanned || !isRepeated) {
      await this.#take(trainer, ['change']);
    }
  }

  /** To be called after a change was made. */
  changed(trainer: Trainer): void {
    if (trainer.step !== this.#takenStep || trainer.step === 0) return;
    this.#add({ step: trainer.step, changes: trainer.changes, keptFor: [], content: null });
  }

  /** Writes the checkpoint that a fork has begun from as its own. */
  adopt(trainer: Trainer, file: Uint8Array<ArrayBuffer>): void {
    this.#takenStep = trainer.step;
    this.#add({ step: trainer.step, changes: trainer.changes, keptFor: [], content: file });
  }

  /** To be called when the engine was lost and the run goes on from a step: what is not read from the device is lost with it. */
  rewound(step: number): void {
    this.#lost += 1;
    this.#working = null;
    for (const { content } of this.#waiting.splice(0)) {
      if (content !== null && 'snapshot' in content) disposeSnapshot(content.snapshot);
    }
    this.#takenStep = step;
    this.#takenAt = this.#parts.now();
  }

  /** Resolves when all that was taken is written. */
  async settled(): Promise<void> {
    await this.#working;
  }

  /** Reports what is kept. */
  report(problem: KeepingProblem | null = null): void {
    const steps = this.#kept.steps.map(({ step, bytes }) => ({ step, bytes }));
    this.#parts.report({ steps, problem: this.#parts.checkpoints.isLasting ? problem : 'unavailable' });
  }

  #msSince(time: number): number {
    return this.#parts.now() - time;
  }

  async #take(trainer: Trainer, reasons: readonly KeptFor[] = []): Promise<void> {
    const started = this.#parts.now();
    const content = await takeRun(trainer);
    // A run that diverges meanwhile has gone back to its good weights.
    const { step, changes } = content.snapshot;
    this.#costMs = this.#msSince(started);
    this.#takenStep = step;
    this.#takenAt = started;
    const isFork = this.#parts.keeping.forksAt.includes(step);
    this.#add({ step, changes: changes.made, keptFor: isFork ? ['fork', ...reasons] : reasons, content });
  }

  #add(write: Write): void {
    const before = this.#waiting.at(-1);
    const takesItsPlace = write.content !== null && before?.keptFor.length === 0;
    if (takesItsPlace && before.content !== null) {
      this.#waiting.pop();
      if ('snapshot' in before.content) disposeSnapshot(before.content.snapshot);
    }
    this.#waiting.push(write);
    this.#working ??= this.#work();
  }

  async #work(): Promise<void> {
    const lost = this.#lost;
    for (let write = this.#waiting.shift(); write !== undefined; write = this.#waiting.shift()) {
      try {
        await this.#write(write);
      } catch (error) {
        // A run that is about to diverge is not kept; the checkpoint before stays.
        if (error instanceof CheckpointError) continue;
        // What was to be read is lost with its engine.
        if (lost !== this.#lost) return;
        // It is tried again when the run stands still, or the next checkpoint is due.
        this.#takenStep = this.#kept.last ?? 0;
        this.report(error instanceof StorageError ? error.problem : 'unavailable');
      }
      if (lost !== this.#lost) return;
    }
    this.#working = null;
  }

  async #write(write: Write): Promise<void> {
    if (write.content === null) await this.#writePointer(write);
    else await this.#writeFile(write, await this.#fileOf(write.content));
  }

  async #fileOf(content: TakenRun | Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
    if (!('snapshot' in content)) return content;
    const started = this.#parts.now();
    const file = writeCheckpoint(await readTaken(content, this.#parts.engine()));
    this.#costMs += this.#msSince(started);
    return file;
  }

  async #writeFile({ step, changes, keptFor }: Write, file: Uint8Array<ArrayBuffer>): Promise<void> {
    this.#parts.hold(step, file);
    const { storage } = this.#parts.checkpoints;
    const others = (await storage.bytes()) - bytesIn(this.#kept.steps);
    const room = this.#parts.keeping.budget - others;
    const { kept, drops, leftOut } = planWrite(this.#kept, { step, bytes: file.length, keptFor }, room);
    const change = { isNew: this.#isNew, checkpoint: { step, file }, drops };
    if (!(await storage.put(this.#pointer(kept, changes), change))) return;
    this.#kept = kept;
    this.#isNew = false;
    this.#leftOut += leftOut;
    const isOverBudget = bytesIn(kept.steps) + this.#leftOut > room;
    if (!isOverBudget) this.#leftOut = 0;
    this.report(isOverBudget ? 'over-budget' : null);
  }

  async #writePointer({ step, changes, keptFor }: Write): Promise<void> {
    // Where the checkpoint itself could not be written, there is nothing to point at.
    const { last } = this.#kept;
    if (last !== step) return;
    const kept = { steps: withReasons(this.#kept.steps, step, keptFor), last };
    const { storage } = this.#parts.checkpoints;
    if (await storage.put(this.#pointer(kept, changes), { isNew: false })) this.#kept = kept;
  }

  #pointer({ steps, last }: KeptSteps & { readonly last: number }, changes: readonly LiveChange[]): RunPointer {
    const { config, keeping } = this.#parts;
    const { id, dataset, parent } = keeping;
    return { version: CURRENT_VERSION, id, config, changes, dataset, parent, steps, last, written: Date.now() };
  }
}
