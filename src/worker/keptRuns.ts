import type { EngineInfo } from '../domain/engineInfo';
import type { KeptWeights, RunKeeping } from '../domain/keptRun';
import type { RunConfig } from '../domain/runConfig';
import { CURRENT_VERSION } from '../domain/versions/registry';
import type { Checkpoint } from '../engine/run/checkpoint/checkpoint';
import { type ResumedRun, resumeRun } from '../engine/run/checkpoint/resumeRun';
import type { RunPointer } from '../storage/runPointer';
import { Keeper } from './keeper';
import { NONE_KEPT } from './keepPolicy';
import { type OpenedCheckpoints, openCheckpoints } from './openCheckpoints';
import { type FromKept, fromKept, type ResumedFrom, type ResumedKept, resumeKept } from './resumeKept';

/** A run that is to be kept. */
export interface RunToKeep {
  readonly config: RunConfig;
  readonly keeping: RunKeeping;
  readonly engine: () => EngineInfo;
  readonly report: (kept: KeptWeights) => void;
  readonly hold: (step: number, file: Uint8Array<ArrayBuffer>) => void;
}

/** A run from a file, with the changes that it had made by its checkpoint of this step. */
export type OpenedRun = Pick<RunPointer, 'id' | 'config' | 'changes' | 'dataset'> & { readonly step: number };

type ResumeRun = (checkpoint: Checkpoint, resume: typeof resumeRun) => Promise<ResumedRun>;

/**
 * The runs that this browser keeps: keeps further ones and resumes them. This code is loaded once it is needed; a first visit needs none of
 * it before its first loss.
 */
export class KeptRuns {
  readonly #checkpoints: OpenedCheckpoints;

  private constructor(checkpoints: OpenedCheckpoints) {
    this.#checkpoints = checkpoints;
  }

  static async open(): Promise<KeptRuns> {
    return new KeptRuns(await openCheckpoints());
  }

  /**
   * Keeps a run that was opened from a file.
   * @throws StorageError
   */
  async adopt(run: OpenedRun, file: Uint8Array<ArrayBuffer>): Promise<void> {
    const { step, ...settings } = run;
    const steps = [{ step, bytes: file.length, keptFor: [] }];
    const pointer = { ...settings, version: CURRENT_VERSION, parent: null, steps, last: step, written: Date.now() };
    await this.#checkpoints.storage.put(pointer, { isNew: true, checkpoint: { step, file } });
  }

  /** The keeper of a run that began at step 0. */
  keeperOf(run: RunToKeep): Keeper {
    return this.#keeper(run);
  }

  /**
   * Resumes a run, as `resumeKept`.
   * @param resume goes on from a checkpoint by `resumeRun`
   */
  resume(from: ResumedFrom, resume: ResumeRun): Promise<ResumedKept> {
    return resumeKept(this.#checkpoints.storage, from, (checkpoint) => resume(checkpoint, resumeRun));
  }

  /**
   * Makes something of a run's last checkpoint of which it can be made, as `fromKept`; the run stays as it is.
   * @param make throws UnusableFile saying what is wrong with the checkpoint
   */
  from<T>(id: string, make: (checkpoint: Checkpoint) => Promise<T>): Promise<FromKept<T>> {
    const wanted = { id, step: null, remedy: 'Choose another run. Nothing on the page was replaced.' };
    return fromKept(this.#checkpoints.storage, wanted, (_, checkpoint) => make(checkpoint));
  }

  /** The keeper of a resumed run, which keeps its checkpoints; under another id it is a fork, and the one it began from is copied at once. */
  keeperOfResumed(run: RunToKeep, { pointer, trainer, file }: ResumedKept): Keeper {
    if (pointer.id === run.keeping.id) {
      const keeper = this.#keeper(run, { steps: pointer.steps, last: trainer.step });
      keeper.report();
      return keeper;
    }
    const keeper = this.#keeper(run);
    keeper.adopt(trainer, file);
    return keeper;
  }

  #keeper(run: RunToKeep, kept = NONE_KEPT): Keeper {
    return new Keeper({ ...run, checkpoints: this.#checkpoints, now: () => performance.now() }, kept);
  }
}
