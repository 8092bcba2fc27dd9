import { breathe } from '../data/import/breathe';
import { PicturePort } from '../data/import/picturePort';
import { withReader } from '../domain/decodedFolder';
import type { EngineInfo } from '../domain/engineInfo';
import type { KeptWeights, RunKeeping } from '../domain/keptRun';
import type { RunConfig } from '../domain/runConfig';
import type { Emit, RunSignal } from '../domain/signal';
import { confirmEngine, startEngine } from '../engine/backend/startEngine';
import { withPixels } from '../engine/images/pictureCache';
import { previewViews } from '../engine/images/previewViews';
import { thumbnailOf } from '../engine/images/thumbnail';
import type { ThreadHost } from '../engine/kernels/runtime/wasm/threads/crew';
import type { TuningCache } from '../engine/kernels/tuning/tuningCache';
import { prepareRun } from '../engine/run/prepareRun';
import { Trainer } from '../engine/run/trainer';
import type { Command, CommandBody, Replies } from '../protocol/commands';
import type { EngineError, ReplyEvent } from '../protocol/events';
import { CommandError, toEngineError } from './errors';
import { HeldImages } from './heldImages';
import { HostedRun } from './hostedRun';
import type { Keeper } from './keeper';
import type { KeptRuns, RunToKeep } from './keptRuns';
import { LazyKeeper } from './lazyKeeper';
import { type Post, RunSignals } from './runSignals';

type CommandOf<T extends CommandBody['type']> = Extract<CommandBody, { type: T }>;

/** Carries out the page's commands with the engine: one data set and one run at a time. */
export class Host {
  readonly #post: Post;
  readonly #tuning: TuningCache | undefined;
  readonly #threadHost: ThreadHost | undefined;
  #engine: EngineInfo | null = null;
  readonly #images = new HeldImages();
  #run: HostedRun | null = null;
  #keptRuns: Promise<KeptRuns> | null = null;
  /** Ends a resumption that is under way with the error of the engine. */
  #giveUp: ((error: EngineError) => void) | null = null;
  #exclusive: Promise<unknown> = Promise.resolve();
  /** Kernels being compiled ahead; never rejects. */
  #prepared: Promise<void> = Promise.resolve();
  /** Commands that wait for the end of the preparation, which then ends at its next step. */
  #waiting = 0;

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
        return { result: await this.#alone(() => this.#resume(command)) };
      case 'keep':
        await this.#runOf(command.runId).keep();
        return { result: null };
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
        await this.#runOf(command.runId).change(command.key, command.value);
        return { result: null };
      case 'evaluate':
        this.#runOf(command.runId).requestEvaluation();
        return { result: null };
      case 'cancelEvaluation':
        this.#runOf(command.runId).cancelEvaluation();
        return { result: null };
      case 'setQueries':
        await this.#runOf(command.runId).setQueries(command.indices);
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
    this.#engine = info;
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
    this.#engine = adapter;
    this.#post({ type: 'engine', adapter });
  }

  get #kernelOptions() {
    return { tuning: this.#tuning, isSoftware: this.#engine?.isSoftware ?? false };
  }

  get #engineInfo(): EngineInfo {
    if (this.#engine === null) throw new CommandError('internal', 'No engine runs yet.');
    return this.#engine;
  }

  async #create({ runId, config, changes, keeping }: CommandOf<'create'>): Promise<void> {
    await this.#endRun();
    await this.#endPreparation();
    await this.#confirmEngine();
    const signals = new RunSignals(this.#post, runId);
    const emit = (signal: RunSignal) => signals.send(signal);
    const trainer = new Trainer(this.#images.dataset, config, changes, emit, this.#kernelOptions);
    const open = async (run: RunToKeep) => (await this.#kept()).keeperOf(run);
    const keeper = keeping === undefined ? null : this.#keeper(signals, config, keeping, open);
    this.#run = new HostedRun({ id: runId, trainer, signals, keeper, onError: (error) => this.#broke(error) });
    this.#run.start();
  }

  async #resume({ runId, from, changes, keeping }: CommandOf<'resume'>): Promise<Replies['resume']> {
    await this.#endRun();
    await this.#endPreparation();
    await this.#confirmEngine();
    const signals = new RunSignals(this.#post, runId);
    const kept = await this.#kept();
    const broken = new Promise<never>((_, reject) => {
      this.#giveUp = (error) => reject(new CommandError(error.code, error.message));
    });
    broken.catch(() => undefined);
    const resuming = kept.resume({ ...from, as: keeping.id }, (checkpoint, resumeRun) => {
      const emit = emitRewound(signals, checkpoint.step);
      return resumeRun(checkpoint, this.#images.dataset, this.#engineInfo, emit, this.#kernelOptions);
    });
    // On a lost device it may never end.
    const resumed = await Promise.race([resuming, broken]).finally(() => {
      this.#giveUp = null;
    });
    const { trainer, notes } = resumed;
    for (const [key, value] of changes) trainer.change(key, value);
    const open = async (run: RunToKeep) => kept.keeperOfResumed(run, resumed);
    const keeper = this.#keeper(signals, trainer.config, keeping, open);
    this.#run = new HostedRun({ id: runId, trainer, signals, keeper, onError: (error) => this.#broke(error) });
    this.#run.resumed();
    await keeper.begin();
    return {
      step: trainer.step,
      config: trainer.config,
      changes: [...trainer.changes, ...trainer.plannedChanges],
      notes,
    };
  }

  #keeper(
    signals: RunSignals,
    config: RunConfig,
    keeping: RunKeeping,
    open: (run: RunToKeep) => Promise<Keeper>,
  ): LazyKeeper {
    const report = (value: KeptWeights) => signals.send({ kind: 'kept', value });
    const run = { config, keeping, engine: () => this.#engineInfo, report };
    return new LazyKeeper(() => open(run), keeping.forksAt, report);
  }

  /** The runs that this browser keeps. */
  async #kept(): Promise<KeptRuns> {
    this.#keptRuns ??= import('./keptRuns').then(({ KeptRuns }) => KeptRuns.open());
    try {
      return await this.#keptRuns;
    } catch (error) {
      this.#keptRuns = null;
      throw error;
    }
  }

  /** Ends the run, once its current step or measurement has ended, and frees its memory. */
  async #endRun(): Promise<void> {
    const run = this.#run;
    this.#run = null;
    await run?.end();
  }

  #broke(error: EngineError): void {
    this.#giveUp?.(error);
    this.#post({ type: 'error', error, runId: this.#run?.id ?? null });
    this.#run?.fail();
  }

  #runOf(runId: string): HostedRun {
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

/** Sends what a resumed run reports, after the report that it stands at a step again. */
function emitRewound(signals: RunSignals, step: number): Emit {
  let isFirst = true;
  return (signal) => {
    if (isFirst) signals.send({ kind: 'rewound', value: { step } });
    isFirst = false;
    signals.send(signal);
  };
}
