import type { TakenFile } from '../domain/takeAlong';
import type { Trainer } from '../engine/run/trainer';
import type { CommandBody, Replies } from '../protocol/commands';
import { CommandError, toEngineError } from './errors';
import type { HeldImages } from './heldImages';
import type { HostedEngine } from './hostedEngine';
import type { HostedRun } from './hostedRun';
import type { OpenedEncoder } from './openedEncoder';
import type { Post } from './runSignals';
import type { Runs } from './runs';
import { StoppedError } from './stoppedError';
import { TakeAlongPace } from './takeAlongPace';

type Taken = Replies['takeAlong'];

export interface TakeAlongParts {
  readonly post: Post;
  readonly engine: HostedEngine;
  readonly images: HeldImages;
  readonly runs: Runs;
  readonly opened: OpenedEncoder;
}

/** A file that is being made. */
interface Making {
  readonly pace: TakeAlongPace;
  /** Why it is to end before it is made; null as long as it is not. */
  end: CommandError | null;
  /** Work that no run waits for; never rejects. */
  work: Promise<void>;
}

const CANCELLED = 'The file was not made, since this was cancelled.';
const ENDED = 'The file was not made, since the run or its images were replaced meanwhile.';

const NO_MEMORY = 'Memory ran out while the file was made. The run is as it was: close other pages, then try again.';

/** Makes the files that a person takes along, one at a time. The code that makes them is loaded when the first is asked for. */
export class TakeAlong {
  readonly #parts: TakeAlongParts;
  #making: Making | null = null;

  constructor(parts: TakeAlongParts) {
    this.#parts = parts;
  }

  /** @throws CommandError saying why there is no file, and what to do */
  async take({
    id,
    runId,
    what,
  }: Extract<CommandBody, { type: 'takeAlong' }> & { readonly id: number }): Promise<Taken> {
    if (this.#making !== null) {
      throw new CommandError('internal', 'Another file is being made: wait until it is there, or cancel it.');
    }
    const pace = new TakeAlongPace((done, total) => this.#parts.post({ type: 'progress', id, done, total }));
    const making: Making = { pace, end: null, work: Promise.resolve() };
    this.#making = making;
    try {
      return await this.#taken(runId, what, making);
    } catch (error) {
      throw await this.#inWords(error, making);
    } finally {
      pace.stop();
      this.#making = null;
    }
  }

  /** Ends the making of a file at its next part, where one is being made. */
  cancel(): void {
    this.#stop(new CommandError('cancelled', CANCELLED));
  }

  /** Ends the making of a file, since what it is made of is replaced. Resolves when nothing more is done that no run waits for. */
  async end(): Promise<void> {
    this.#stop(new CommandError('stale-run', ENDED));
    await this.#making?.work;
  }

  #stop(reason: CommandError): void {
    if (this.#making === null) return;
    this.#making.end ??= reason;
    this.#making.pace.stop();
  }

  async #taken(runId: string | null, what: TakenFile, making: Making): Promise<Taken> {
    const { runs } = this.#parts;
    const run = runId === null ? null : runs.of(runId);
    const byOpened = what.kind === 'embeddings' && what.by === 'opened';
    if (!byOpened) expectRun(run);
    else if (this.#parts.opened.encoder === null) {
      throw new CommandError('unusable-file', 'There is no opened encoder: open its file first.');
    }
    const make = await this.#loaded();
    const waiting = run ?? runs.present;
    if (waiting !== null) {
      return waiting.betweenSteps((trainer, isStopped) => {
        making.pace.stopWhere(isStopped);
        return this.#made(make, what, trainer, making);
      });
    }
    const made = this.#made(make, what, null, making);
    making.work = made.then(
      () => undefined,
      () => undefined,
    );
    // On a lost device it may never end.
    const lost = this.#parts.engine.broken.then(() => Promise.reject(lostError()));
    return Promise.race([made, lost]);
  }

  async #loaded(): Promise<typeof import('./takeAlongFiles')> {
    try {
      return await import('./takeAlongFiles');
    } catch {
      // Without a network, code that was never loaded cannot be had.
      throw new CommandError(
        'internal',
        'The code that makes files could not be loaded: check the network and try again.',
      );
    }
  }

  async #made(
    { makeFile }: typeof import('./takeAlongFiles'),
    what: TakenFile,
    trainer: Trainer | null,
    { pace }: Making,
  ): Promise<Taken> {
    const { engine, images, opened } = this.#parts;
    const { info } = engine;
    if (info === null) throw new CommandError('internal', 'No engine runs yet.');
    return makeFile(what, { trainer, opened: opened.encoder, images: images.dataset, engine: info, pace });
  }

  /** The error as the person is told of it. */
  async #inWords(error: unknown, { end }: Making): Promise<unknown> {
    if (error instanceof CommandError) return error;
    if (end !== null) return end;
    if (error instanceof StoppedError) return new CommandError('stale-run', ENDED);
    if (await this.#parts.engine.breaksDown()) return lostError();
    const { code, message } = toEngineError(error);
    if (code === 'out-of-memory') return new CommandError(code, NO_MEMORY);
    if (code !== 'internal') return error;
    const reason = error instanceof Error ? error.message : message;
    return new CommandError(code, `The file could not be made: ${reason}. The run is as it was; try again.`);
  }
}

function lostError(): CommandError {
  return new CommandError('device-lost', 'The engine was lost while the file was made. Take it along again.');
}

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
