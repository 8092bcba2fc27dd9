import type { Trainer } from '../engine/run/trainer';
import { CommandError, toEngineError } from './errors';
import type { HostedEngine } from './hostedEngine';
import type { HostedRun } from './hostedRun';
import type { Post } from './runSignals';
import type { Runs } from './runs';
import { StoppedError } from './stoppedError';
import { WorkPace } from './workPace';

export interface LongWorkParts {
  readonly post: Post;
  readonly engine: HostedEngine;
  readonly runs: Runs;
}

/** What a person is told of the work, each as a sentence. */
export interface WorkWords {
  /** Asked for while the same work is being done. */
  readonly isBusy: string;
  readonly cancelled: string;
  /** What it worked on was replaced. */
  readonly ended: string;
  readonly noMemory: string;
  readonly engineLost: string;
  readonly failed: (reason: string) => string;
}

/** Work that is being done. */
interface Doing {
  readonly pace: WorkPace;
  /** Why it is to end before it is done; null as long as it is not. */
  end: CommandError | null;
  /** Work that no run waits for; never rejects. */
  work: Promise<void>;
}

/** Work for the page that takes longer than a step, one at a time: a run waits for it between two steps, and it can be cancelled. */
export class LongWork {
  readonly #parts: LongWorkParts;
  readonly #words: WorkWords;
  #doing: Doing | null = null;

  constructor(parts: LongWorkParts, words: WorkWords) {
    this.#parts = parts;
    this.#words = words;
  }

  /**
   * Does the work, while `run` waits, or the run in use where it is null.
   * @param id of the command, for its progress
   * @param load loads the code for it
   * @param work gets that, and the run that waits; null where there is none
   * @throws CommandError saying what happened, and what to do
   */
  async do<C, T>(
    id: number,
    run: HostedRun | null,
    load: () => Promise<C>,
    work: (code: C, trainer: Trainer | null, pace: WorkPace) => Promise<T>,
  ): Promise<T> {
    if (this.#doing !== null) throw new CommandError('internal', this.#words.isBusy);
    const pace = new WorkPace((done, total) => this.#parts.post({ type: 'progress', id, done, total }));
    const doing: Doing = { pace, end: null, work: Promise.resolve() };
    this.#doing = doing;
    try {
      const code = await load();
      const waiting = run ?? this.#parts.runs.present;
      return await this.#done(waiting, (trainer) => work(code, trainer, pace), doing);
    } catch (error) {
      throw await this.#inWords(error, doing);
    } finally {
      pace.stop();
      this.#doing = null;
    }
  }

  /** Ends the work at its next part, where there is any. */
  cancel(): void {
    this.#stop(new CommandError('cancelled', this.#words.cancelled));
  }

  /** Ends the work, since what it works on is replaced. Resolves when nothing more is done that no run waits for. */
  async end(): Promise<void> {
    this.#stop(new CommandError('stale-run', this.#words.ended));
    await this.#doing?.work;
  }

  #stop(reason: CommandError): void {
    if (this.#doing === null) return;
    this.#doing.end ??= reason;
    this.#doing.pace.stop();
  }

  #done<T>(waiting: HostedRun | null, work: (trainer: Trainer | null) => Promise<T>, doing: Doing): Promise<T> {
    if (waiting !== null) {
      return waiting.betweenSteps((trainer, isStopped) => {
        doing.pace.stopWhere(isStopped);
        return work(trainer);
      });
    }
    const done = work(null);
    doing.work = done.then(
      () => undefined,
      () => undefined,
    );
    // On a lost device it may never end.
    const lost = this.#parts.engine.broken.then(() => Promise.reject(this.#lostError()));
    return Promise.race([done, lost]);
  }

  /** The error as the person is told of it. */
  async #inWords(error: unknown, { end }: Doing): Promise<unknown> {
    if (error instanceof CommandError) return error;
    if (end !== null) return end;
    if (error instanceof StoppedError) return new CommandError('stale-run', this.#words.ended);
    if (await this.#parts.engine.breaksDown()) return this.#lostError();
    const { code, message } = toEngineError(error);
    if (code === 'out-of-memory') return new CommandError(code, this.#words.noMemory);
    if (code !== 'internal') return error;
    return new CommandError(code, this.#words.failed(error instanceof Error ? error.message : message));
  }

  #lostError(): CommandError {
    return new CommandError('device-lost', this.#words.engineLost);
  }
}
