import { breathe } from '../data/import/breathe';
import { PicturePort } from '../data/import/picturePort';
import { withReader } from '../domain/decodedFolder';
import type { RecoveryMarker } from '../domain/measurement';
import type { RunConfig } from '../domain/runConfig';
import type { RunSignal } from '../domain/signal';
import { withPixels } from '../engine/images/pictureCache';
import { previewViews } from '../engine/images/previewViews';
import { thumbnailOf } from '../engine/images/thumbnail';
import type { ThreadHost } from '../engine/kernels/runtime/wasm/threads/crew';
import type { TuningCache } from '../engine/kernels/tuning/tuningCache';
import type { KernelOptions } from '../engine/run/kernelChoice';
import { prepareRun } from '../engine/run/prepareRun';
import { Trainer } from '../engine/run/trainer';
import type { Command, CommandBody, Replies } from '../protocol/commands';
import type { EngineError, ReplyEvent } from '../protocol/events';
import { continued } from './continued';
import { CommandError, toEngineError } from './errors';
import { HeldImages } from './heldImages';
import { type Breakdown, HostedEngine } from './hostedEngine';
import { HostedRun } from './hostedRun';
import { MemoryCheckpoints } from './memoryCheckpoints';
import { breakError, Recovery, type Restarted, recoveryNotice } from './recovery';
import { type Post, RunSignals } from './runSignals';

export interface HostOptions {
  /** Where the choice of kernels is kept between visits. */
  readonly tuning?: TuningCache;
  /** Creates threads for the processor's engine, which has one thread without it. */
  readonly threadHost?: ThreadHost;
  /** Steps between two checkpoints in memory. */
  readonly checkpointEvery?: number;
  /** A clock in milliseconds by which losses of the engine are counted; the soak test spaces them by it. */
  readonly now?: () => number;
}

/** The run in use, with what is needed to go on with it on another engine. */
interface PresentRun {
  readonly config: RunConfig;
  readonly hosted: HostedRun;
  readonly checkpoints: MemoryCheckpoints;
  readonly recoveries: readonly RecoveryMarker[];
}

/** An error of a run's work is taken for that of a lost device where this is reported within this time. */
const MOMENT_MS = 1000;

const wait = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

type CommandOf<T extends CommandBody['type']> = Extract<CommandBody, { type: T }>;

/** Carries out the page's commands with the engine: one data set and one run at a time. */
export class Host {
  readonly #post: Post;
  readonly #options: HostOptions;
  readonly #engine: HostedEngine;
  readonly #recovery: Recovery;
  readonly #images = new HeldImages();
  #run: PresentRun | null = null;
  /** The recovery under way; never rejects. */
  #recovered: Promise<void> = Promise.resolve();
  #recovering = false;
  #exclusive: Promise<unknown> = Promise.resolve();
  /** Kernels being compiled ahead; never rejects. */
  #prepared: Promise<void> = Promise.resolve();
  /** Commands that wait for the end of the preparation, which then ends at its next step. */
  #waiting = 0;

  constructor(post: Post, options: HostOptions = {}) {
    this.#post = post;
    this.#options = options;
    this.#engine = new HostedEngine(options.threadHost, (breakdown) => this.#brokeDown(breakdown));
    this.#recovery = new Recovery(this.#engine, options.now ?? (() => performance.now()));
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
    // Pressed while the engine is started again, Pause takes effect at once; all else is done by the run that goes on.
    if (command.type === 'pause') this.#runOf(command.runId).stopTraining();
    await this.#recovered;
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
        this.#runOf(command.runId).train();
        return { result: null };
      case 'pause':
        await this.#runOf(command.runId).pause();
        return { result: null };
      case 'step':
        await this.#runOf(command.runId).singleStep();
        return { result: null };
      case 'change':
        this.#runOf(command.runId).change(command.key, command.value);
        return { result: null };
      case 'evaluate':
        this.#runOf(command.runId).requestEvaluation();
        return { result: null };
      case 'cancelEvaluation':
        this.#runOf(command.runId).cancelEvaluation();
        return { result: null };
      case 'setQueries':
        await this.#onRun(() => this.#runOf(command.runId).setQueries(command.indices));
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
    this.#recovery.forget();
    return this.#engine.start(engine);
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
    const adapter = await this.#engine.confirm();
    if (adapter !== null) this.#post({ type: 'engine', adapter, notice: null });
  }

  get #kernelOptions(): KernelOptions {
    return { tuning: this.#options.tuning, isSoftware: this.#engine.info?.isSoftware ?? false };
  }

  async #create({ runId, config, changes }: CommandOf<'create'>): Promise<void> {
    await this.#endRun();
    await this.#endPreparation();
    await this.#confirmEngine();
    const signals = new RunSignals(this.#post, runId);
    const emit = (signal: RunSignal) => signals.send(signal);
    const trainer = new Trainer(this.#images.dataset, config, changes, emit, this.#kernelOptions);
    const checkpoints = new MemoryCheckpoints(() => this.#engine.info, this.#options.checkpointEvery);
    this.#run = { config, checkpoints, recoveries: [], hosted: this.#hosted(runId, trainer, checkpoints, signals) };
    this.#run.hosted.start();
  }

  #hosted(id: string, trainer: Trainer, checkpoints: MemoryCheckpoints, signals: RunSignals): HostedRun {
    const run = new HostedRun(id, trainer, checkpoints, signals, (error) => void this.#workFailed(run, error));
    return run;
  }

  /** Ends the run, once its current step or measurement has ended, and frees its memory. */
  async #endRun(): Promise<void> {
    const run = this.#run;
    this.#run = null;
    await run?.hosted.end();
  }

  #broke(error: EngineError): void {
    this.#post({ type: 'error', error, runId: this.#run?.hosted.id ?? null });
    this.#run?.hosted.fail();
  }

  /** Handles an error in a run's work, unless it is that of an engine that broke down. */
  async #workFailed(run: HostedRun, error: EngineError): Promise<void> {
    if (error.code === 'out-of-memory') this.#engine.ranOutOfMemory(error.message);
    else if (!(await this.#breaksDown()) && this.#run?.hosted === run) this.#broke(error);
  }

  /** Whether the engine has broken down, or does within a moment. */
  async #breaksDown(): Promise<boolean> {
    if (this.#engine.info?.engine === 'webgpu') await Promise.race([this.#engine.broken, wait(MOMENT_MS)]);
    return this.#engine.isBroken;
  }

  #brokeDown(breakdown: Breakdown): void {
    // The recovery under way sees to it.
    if (this.#recovering) return;
    this.#run?.hosted.interrupt();
    this.#recovered = this.#alone(() => this.#recover(breakdown)).catch((error: unknown) =>
      this.#broke(toEngineError(error)),
    );
  }

  /** Starts an engine again and goes on with the run, until this succeeds or no engine is left. */
  async #recover(first: Breakdown): Promise<void> {
    this.#recovering = true;
    try {
      this.#run?.hosted.interrupt();
      const run = this.#run?.hosted.isInterrupted === true ? this.#run : null;
      const lost = run?.hosted.step ?? 0;
      await run?.hosted.dispose();
      await this.#endPreparation();
      let breakdown: Breakdown | null = first;
      let step = lost;
      while (breakdown !== null) {
        const restarted = await this.#recovery.restart(breakdown, step);
        if (restarted === null) {
          this.#giveUp(breakdown, run);
          return;
        }
        if (run === null) this.#announce(restarted, recoveryNotice(first, restarted, null));
        else await Promise.race([this.#engine.broken, this.#goOn(run, restarted, first, lost)]);
        breakdown = this.#engine.isBroken ? await this.#engine.broken : null;
        step = run?.checkpoints.step ?? 0;
      }
    } finally {
      this.#recovering = false;
    }
  }

  #announce({ engine }: Restarted, notice: string): void {
    this.#post({ type: 'engine', adapter: engine, notice });
  }

  #giveUp(breakdown: Breakdown, run: PresentRun | null): void {
    this.#broke(breakError(breakdown));
    if (run === null) return;
    const { id, step } = run.hosted;
    new RunSignals(this.#post, id).send({ kind: 'state', value: { state: 'failed', step } });
  }

  /** Goes on with a run from its last checkpoint, or from its beginning where there is none yet. */
  async #goOn(run: PresentRun, restarted: Restarted, breakdown: Breakdown, lost: number): Promise<void> {
    const { config, hosted, checkpoints } = run;
    const signals = new RunSignals(this.#post, hosted.id);
    const { engine, cause } = restarted;
    try {
      const { trainer, notes } = await continued(checkpoints.last, config, hosted.changes, {
        images: this.#images.dataset,
        engine,
        emit: (signal) => signals.send(signal),
        options: this.#kernelOptions,
      });
      if (this.#engine.isBroken) {
        signals.close();
        trainer.dispose();
        return;
      }
      const { step } = trainer;
      const recoveries = [...run.recoveries, { kind: 'recovery', step, cause } as const];
      for (const marker of recoveries) trainer.reportRecovery(marker);
      const next = this.#hosted(hosted.id, trainer, checkpoints, signals);
      this.#run = { ...run, hosted: next, recoveries };
      this.#announce(restarted, recoveryNotice(breakdown, restarted, { lost, from: step }, notes));
      next.goOn(hosted.plans);
    } catch (error) {
      signals.close();
      const failure = toEngineError(error);
      if (failure.code === 'out-of-memory') this.#engine.ranOutOfMemory(failure.message);
      else if (!(await this.#breaksDown())) throw error;
    }
  }

  /** Carries out a command of a run; where the engine breaks down meanwhile, the run that goes on does it. */
  async #onRun(work: () => void | Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (!(await this.#breaksDown())) throw error;
    }
  }

  #runOf(runId: string): HostedRun {
    if (this.#run?.hosted.id !== runId) throw new CommandError('stale-run', `Run ${runId} has ended.`);
    return this.#run.hosted;
  }

  async #thumbnails(indices: readonly number[]): Promise<Replies['thumbnails']> {
    const { dataset } = this.#images;
    const unknown = indices.find((index) => !(index >= 0 && index < dataset.count));
    if (unknown !== undefined) throw new CommandError('internal', `There is no image ${unknown}.`);
    return withPixels(dataset, indices, () => indices.map((index) => thumbnailOf(dataset, index)));
  }
}
