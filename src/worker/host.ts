import { breathe } from '../data/import/breathe';
import { PicturePort } from '../data/import/picturePort';
import { withReader } from '../domain/decodedFolder';
import type { Measurement } from '../domain/measurement';
import type { RunConfig } from '../domain/runConfig';
import { buffersOf, type RunSignal, type RunState } from '../domain/signal';
import { confirmEngine, startEngine } from '../engine/backend/startEngine';
import { withPixels } from '../engine/images/pictureCache';
import { previewViews } from '../engine/images/previewViews';
import { thumbnailOf } from '../engine/images/thumbnail';
import type { ThreadHost } from '../engine/kernels/runtime/wasm/threads/crew';
import type { TuningCache } from '../engine/kernels/tuning/tuningCache';
import { prepareRun } from '../engine/run/prepareRun';
import { Trainer } from '../engine/run/trainer';
import type { Command, CommandBody, Replies } from '../protocol/commands';
import type { EngineError, Event, ReplyEvent } from '../protocol/events';
import { CommandError, toEngineError } from './errors';
import { evaluateRun } from './evaluateRun';
import { HeldImages } from './heldImages';
import { StillSearch } from './stillSearch';

/** Measurements are sent to the page at most this often. */
const REPORT_EVERY_MS = 100;

type Post = (event: Event, transfer?: Transferable[]) => void;
type CommandOf<T extends CommandBody['type']> = Extract<CommandBody, { type: T }>;

/** A run and the loop that drives it; `wanted` is what the page asked for last. */
interface Run {
  readonly id: string;
  readonly trainer: Trainer;
  wanted: 'train' | 'pause' | 'end';
  /** The loop or measurement under way; never rejects. */
  work: Promise<void>;
  failed: boolean;
  /** `requested`: between two steps; `cancelled`: the one under way stops at its next report of progress. */
  evaluation: 'none' | 'requested' | 'running' | 'cancelled';
  /** Under way only while no work is. */
  readonly search: StillSearch;
}

/** Carries out the page's commands with the engine: one data set and one run at a time. */
export class Host {
  readonly #post: Post;
  readonly #tuning: TuningCache | undefined;
  readonly #threadHost: ThreadHost | undefined;
  #isSoftware = false;
  readonly #images = new HeldImages();
  #run: Run | null = null;
  #exclusive: Promise<unknown> = Promise.resolve();
  /** Kernels being compiled ahead; never rejects. */
  #prepared: Promise<void> = Promise.resolve();
  /** Commands that wait for the end of the preparation, which then ends at its next step. */
  #waiting = 0;
  #measured: Measurement[] = [];
  #reportTimer: ReturnType<typeof setTimeout> | null = null;

  /**
   * @param tuning where the choice of kernels is kept between visits
   * @param threadHost creates threads for the processor's engine, which has one thread without it
   */
  constructor(post: Post, tuning?: TuningCache, threadHost?: ThreadHost) {
    this.#post = post;
    this.#tuning = tuning;
    this.#threadHost = threadHost;
  }

  /** Answers a command with exactly one reply or failure. */
  async handle(command: Command): Promise<void> {
    try {
      const { result, transfer } = await this.#execute(command);
      this.#post({ type: 'reply', id: command.id, to: command.type, result } as ReplyEvent, transfer);
    } catch (error) {
      this.#post({ type: 'failure', id: command.id, error: toEngineError(error) });
    }
  }

  async #execute(command: Command): Promise<{ result: Replies[Command['type']]; transfer?: Transferable[] }> {
    switch (command.type) {
      case 'init':
        return { result: await this.#alone(() => this.#init(command)) };
      case 'setDataset':
        await this.#alone(async () => {
          await this.#endRun();
          this.#images.take(withReader(command, (port) => new PicturePort(port)));
        });
        return { result: null };
      case 'readFolders':
        return { result: await this.#alone(async () => this.#images.readFolders(command.reading)) };
      case 'takeCorrected':
        await this.#alone(async () => {
          await this.#endRun();
          this.#images.takeCorrected(command.number);
        });
        return { result: null };
      case 'prepare':
        await this.#prepare(command.config);
        return { result: null };
      case 'create':
        await this.#alone(() => this.#create(command));
        return { result: null };
      case 'resume':
      case 'keep':
        throw new CommandError('internal', `“${command.type}” is not carried out yet.`);
      case 'train':
        this.#resume(this.#runOf(command.runId));
        return { result: null };
      case 'pause': {
        const run = this.#runOf(command.runId);
        run.wanted = 'pause';
        await run.work;
        return { result: null };
      }
      case 'step':
        await this.#singleStep(this.#runOf(command.runId));
        return { result: null };
      case 'change':
        this.#runOf(command.runId).trainer.change(command.key, command.value);
        return { result: null };
      case 'evaluate':
        this.#requestEvaluation(this.#runOf(command.runId));
        return { result: null };
      case 'cancelEvaluation': {
        this.#cancelEvaluation(this.#runOf(command.runId));
        return { result: null };
      }
      case 'setQueries':
        await this.#setQueries(this.#runOf(command.runId), command.indices);
        return { result: null };
      case 'thumbnails': {
        const result = await this.#thumbnails(command.indices);
        return { result, transfer: result.map(({ pixels }) => pixels.buffer) };
      }
      case 'usedFiles':
        return { result: performance.getEntriesByType('resource').map(({ name }) => name) };
      case 'preview': {
        const { augment, storage, seed, indices } = command;
        const result = await previewViews(this.#images.dataset, storage, augment, seed, indices);
        return { result, transfer: [result.x1.buffer, result.x2.buffer] };
      }
      default:
        return command satisfies never;
    }
  }

  /** Commands that replace the engine, the data or the run wait for one another. */
  #alone<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#exclusive.then(work);
    this.#exclusive = result.catch(() => undefined);
    return result;
  }

  async #init({ engine }: CommandOf<'init'>): Promise<Replies['init']> {
    await this.#endRun();
    await this.#endPreparation();
    const hooks = {
      onUncapturedError: (message: string, outOfMemory: boolean) =>
        this.#broke({
          code: outOfMemory ? 'out-of-memory' : 'internal',
          message: outOfMemory
            ? 'The GPU ran out of memory. Choose a smaller batch, network or image size, then Reset.'
            : `The GPU reported an error, so all measurements since then are invalid: ${message}`,
          recoverable: true,
        }),
      onLost: (message: string) =>
        this.#broke({
          code: 'device-lost',
          message: `The connection to the GPU was lost${message ? ` (${message})` : ''}. Restart the engine to train again; the data set is kept, the run starts over.`,
          recoverable: true,
        }),
    };
    const info = await startEngine(engine, hooks, { threadHost: this.#threadHost });
    this.#isSoftware = info.isSoftware;
    return info;
  }

  /**
   * Prepares kernels while other commands are handled; `init` and `create` end the preparation and wait for its end. An error is ignored
   * here, since the run then fails with it, too, and reports it.
   */
  #prepare(config: RunConfig): Promise<void> {
    const goOn = async () => {
      await breathe();
      return this.#waiting === 0;
    };
    this.#prepared = this.#prepared.then(() => prepareRun(config, this.#kernelOptions, goOn)).catch(() => undefined);
    return this.#prepared;
  }

  async #endPreparation(): Promise<void> {
    this.#waiting += 1;
    await this.#prepared;
    this.#waiting -= 1;
  }

  /** Goes over to the other engine, before the run takes its first step, where the choice of the engine turns out wrong. */
  async #confirmEngine(): Promise<void> {
    const adapter = await confirmEngine();
    if (adapter === null) return;
    this.#isSoftware = adapter.isSoftware;
    this.#post({ type: 'engine', adapter });
  }

  get #kernelOptions() {
    return { tuning: this.#tuning, isSoftware: this.#isSoftware };
  }

  async #create({ runId, config, changes }: CommandOf<'create'>): Promise<void> {
    await this.#endRun();
    await this.#endPreparation();
    await this.#confirmEngine();
    const emit = (signal: RunSignal) => this.#signal(signal, runId);
    const trainer = new Trainer(this.#images.dataset, config, changes, emit, this.#kernelOptions);
    const run: Run = {
      id: runId,
      trainer,
      wanted: 'pause',
      work: Promise.resolve(),
      failed: false,
      evaluation: 'none',
      search: new StillSearch(trainer),
    };
    this.#run = run;
    this.#setState(run, 'building');
    this.#addWork(run, async () => {
      await trainer.start();
      this.#setState(run, 'paused');
    });
  }

  /** Does a part of a run's work after the earlier parts. It stops a search under way; another begins once the run stands still. */
  #addWork(run: Run, work: () => Promise<void>): void {
    run.work = run.work.then(async () => {
      // On a lost device the search may never end.
      if (!run.failed) await run.search.stop();
      await this.#guard(run, work);
      this.#searchWhereStill(run);
    });
  }

  #searchWhereStill(run: Run): void {
    if (run.wanted === 'pause' && !run.failed) run.search.begin((search) => this.#guard(run, search));
  }

  /** Reports the neighbours of other queries; a search under way begins again with these. */
  async #setQueries(run: Run, indices: readonly number[]): Promise<void> {
    void run.search.stop();
    await run.trainer.setQueries(indices);
    run.work = run.work.then(() => this.#searchWhereStill(run));
  }

  /** Runs a part of a run's work; errors in it are reported to the page, not thrown. */
  async #guard(run: Run, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (run.wanted !== 'end' && !run.failed) this.#broke(toEngineError(error));
    } finally {
      this.#report();
    }
  }

  #resume(run: Run): void {
    if (run.wanted === 'train') return;
    run.wanted = 'train';
    this.#addWork(run, () => this.#loop(run));
  }

  async #loop(run: Run): Promise<void> {
    if (run.wanted !== 'train' || run.failed) return;
    this.#setState(run, 'training');
    let outcome: Awaited<ReturnType<Trainer['advance']>> = 'continue';
    while (run.wanted === 'train' && !run.failed && outcome === 'continue') {
      outcome = await run.trainer.advance();
      if (run.evaluation === 'requested' && outcome === 'continue') await this.#evaluate(run);
      // Lets messages from the page arrive: they are tasks, and a chain of promises alone never yields to a task.
      await breathe();
    }
    await this.#settle(run, outcome);
  }

  async #singleStep(run: Run): Promise<void> {
    run.wanted = 'pause';
    this.#addWork(run, async () => {
      if (run.wanted === 'end' || run.failed) return;
      await this.#settle(run, await run.trainer.advance());
    });
    await run.work;
  }

  /** Evaluates after the present step, or at once where the run does not train. */
  #requestEvaluation(run: Run): void {
    if (run.evaluation !== 'none') return;
    run.evaluation = 'requested';
    this.#addWork(run, async () => {
      if (run.evaluation === 'requested') await this.#evaluate(run);
    });
  }

  #cancelEvaluation(run: Run): void {
    if (run.evaluation === 'running') run.evaluation = 'cancelled';
    else if (run.evaluation === 'requested') {
      run.evaluation = 'none';
      this.#signal({ kind: 'evaluating', value: { share: null } }, run.id);
    }
  }

  async #evaluate(run: Run): Promise<void> {
    run.evaluation = 'running';
    try {
      const isCancelled = () => run.evaluation === 'cancelled' || run.wanted === 'end' || run.failed;
      // A step's measurements come before the evaluation of its weights.
      this.#report();
      await evaluateRun(run.trainer, (signal) => this.#signal(signal, run.id), isCancelled);
    } finally {
      run.evaluation = 'none';
    }
  }

  async #settle(run: Run, outcome: Awaited<ReturnType<Trainer['advance']>>): Promise<void> {
    await run.trainer.flush();
    if (run.failed || run.wanted === 'end') return;
    if (outcome !== 'continue') run.wanted = 'pause';
    if (outcome === 'finished') await this.#evaluate(run);
    if (run.failed || (run.wanted as Run['wanted']) === 'end') return;
    this.#report();
    this.#setState(run, outcome === 'continue' ? 'paused' : outcome);
  }

  /** Ends the run, once its current step or measurement has ended, and frees its memory. */
  async #endRun(): Promise<void> {
    const run = this.#run;
    if (run === null) return;
    this.#run = null;
    run.wanted = 'end';
    run.trainer.cancel();
    // On a lost device the work may never end.
    if (!run.failed) {
      await run.work;
      await run.search.stop();
    }
    run.trainer.dispose();
    this.#measured = [];
  }

  #broke(error: EngineError): void {
    const run = this.#run;
    this.#post({ type: 'error', error, runId: run?.id ?? null });
    if (run === null || run.failed) return;
    run.failed = true;
    void run.search.stop();
    this.#setState(run, 'failed');
  }

  #setState(run: Run, state: RunState): void {
    this.#signal({ kind: 'state', value: { state, step: run.trainer.step } }, run.id);
  }

  /** Sends a run's signals to the page. Signals of a run that has ended are dropped, and measurements wait for the next report. */
  #signal(signal: RunSignal, runId: string): void {
    if (this.#run?.id !== runId) return;
    if (signal.kind !== 'measurements') {
      this.#post({ type: 'signal', runId, signal }, buffersOf(signal));
      return;
    }
    this.#measured.push(...signal.value);
    this.#reportTimer ??= setTimeout(() => this.#report(), REPORT_EVERY_MS);
  }

  #report(): void {
    if (this.#reportTimer !== null) clearTimeout(this.#reportTimer);
    this.#reportTimer = null;
    const value = this.#measured;
    this.#measured = [];
    if (this.#run === null || value.length === 0) return;
    this.#post({ type: 'signal', runId: this.#run.id, signal: { kind: 'measurements', value } });
  }

  #runOf(runId: string): Run {
    if (this.#run?.id !== runId) throw new CommandError('stale-run', `Run ${runId} has ended.`);
    return this.#run;
  }

  async #thumbnails(indices: readonly number[]): Promise<Replies['thumbnails']> {
    const { dataset } = this.#images;
    const unknown = indices.find((index) => !(index >= 0 && index < dataset.count));
    if (unknown !== undefined) throw new CommandError('internal', `There is no image ${unknown}.`);
    return withPixels(dataset, indices, () => indices.map((index) => thumbnailOf(dataset, index)));
  }
}
