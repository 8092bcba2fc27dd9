import { breathe } from '../data/import/breathe';
import { PicturePort } from '../data/import/picturePort';
import { withReader } from '../domain/decodedFolder';
import type { RunConfig } from '../domain/runConfig';
import type { RunSignal } from '../domain/signal';
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
import { type Post, RunSignals } from './runSignals';

type CommandOf<T extends CommandBody['type']> = Extract<CommandBody, { type: T }>;

/** Carries out the page's commands with the engine: one data set and one run at a time. */
export class Host {
  readonly #post: Post;
  readonly #tuning: TuningCache | undefined;
  readonly #threadHost: ThreadHost | undefined;
  #isSoftware = false;
  readonly #images = new HeldImages();
  #run: HostedRun | null = null;
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
    const signals = new RunSignals(this.#post, runId);
    const emit = (signal: RunSignal) => signals.send(signal);
    const trainer = new Trainer(this.#images.dataset, config, changes, emit, this.#kernelOptions);
    this.#run = new HostedRun(runId, trainer, signals, (error) => this.#broke(error));
    this.#run.start();
  }

  /** Ends the run, once its current step or measurement has ended, and frees its memory. */
  async #endRun(): Promise<void> {
    const run = this.#run;
    this.#run = null;
    await run?.end();
  }

  #broke(error: EngineError): void {
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
