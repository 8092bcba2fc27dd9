import type { TakenFile } from '../domain/takeAlong';
import type { Trainer } from '../engine/run/trainer';
import type { CommandBody, Replies } from '../protocol/commands';
import { CommandError } from './errors';
import type { HeldImages } from './heldImages';
import type { HostedRun } from './hostedRun';
import { loadedCode } from './loadedCode';
import { LongWork, type LongWorkParts, type WorkWords } from './longWork';
import type { OpenedEncoder } from './openedEncoder';
import type { WorkPace } from './workPace';

type Taken = Replies['takeAlong'];

export interface TakeAlongParts extends LongWorkParts {
  readonly images: HeldImages;
  readonly opened: OpenedEncoder;
}

const WORDS: WorkWords = {
  isBusy: 'Another file is being made: wait until it is there, or cancel it.',
  cancelled: 'The file was not made, since this was cancelled.',
  ended: 'The file was not made, since the run or its images were replaced meanwhile.',
  noMemory: 'Memory ran out while the file was made. The run is as it was: close other pages, then try again.',
  engineLost: 'The engine was lost while the file was made. Take it along again.',
  failed: (reason) => `The file could not be made: ${reason}. The run is as it was; try again.`,
};

/** Makes the files that a person takes along, one at a time. The code that makes them is loaded when the first is asked for. */
export class TakeAlong {
  readonly #parts: TakeAlongParts;
  readonly #work: LongWork;

  constructor(parts: TakeAlongParts) {
    this.#parts = parts;
    this.#work = new LongWork(parts, WORDS);
  }

  /** @throws CommandError saying why there is no file, and what to do */
  async take({
    id,
    runId,
    what,
  }: Extract<CommandBody, { type: 'takeAlong' }> & { readonly id: number }): Promise<Taken> {
    const { runs, opened } = this.#parts;
    const run = runId === null ? null : runs.of(runId);
    const byOpened = what.kind === 'embeddings' && what.by === 'opened';
    if (!byOpened) expectRun(run);
    else if (opened.encoder === null) {
      throw new CommandError('unusable-file', 'There is no opened encoder: open its file first.');
    }
    return this.#work.do(id, run, loaded, (make, trainer, pace) => this.#made(make, what, trainer, pace));
  }

  /** Ends the making of a file at its next part, where one is being made. */
  cancel(): void {
    this.#work.cancel();
  }

  /** Ends the making of a file, since what it is made of is replaced. Resolves when nothing more is done that no run waits for. */
  end(): Promise<void> {
    return this.#work.end();
  }

  async #made(
    { makeFile }: typeof import('./takeAlongFiles'),
    what: TakenFile,
    trainer: Trainer | null,
    pace: WorkPace,
  ): Promise<Taken> {
    const { engine, images, opened } = this.#parts;
    const { info } = engine;
    if (info === null) throw new CommandError('internal', 'No engine runs yet.');
    return makeFile(what, { trainer, opened: opened.encoder, images: images.dataset, engine: info, pace });
  }
}

const loaded = () => loadedCode('makes files', () => import('./takeAlongFiles'));

/** @throws CommandError where there is no run whose weights are of use */
function expectRun(run: HostedRun | null): void {
  if (run === null) throw new CommandError('stale-run', 'There is no run to take along: train one first.');
  if (run.hasDiverged) {
    throw new CommandError(
      'no-checkpoint',
      'The run has diverged, and there is nothing of use in its weights. Go back to a step before that, then take that run along.',
    );
  }
}
