import { breathe } from '../data/import/breathe';
import { PicturePort } from '../data/import/picturePort';
import { withReader } from '../domain/decodedFolder';
import type { RunConfig } from '../domain/runConfig';
import { withPixels } from '../engine/images/pictureCache';
import { previewViews } from '../engine/images/previewViews';
import { thumbnailOf } from '../engine/images/thumbnail';
import type { ThreadHost } from '../engine/kernels/runtime/wasm/threads/crew';
import type { TuningCache } from '../engine/kernels/tuning/tuningCache';
import type { KernelOptions } from '../engine/run/kernelChoice';
import { prepareRun } from '../engine/run/prepareRun';
import { stepMemory } from '../engine/run/stepMemory';
import type { Command, CommandBody, Replies } from '../protocol/commands';
import type { ReplyEvent } from '../protocol/events';
import { CommandError, toEngineError } from './errors';
import { Exploring } from './exploring';
import { HeldImages } from './heldImages';
import { type Breakdown, HostedEngine } from './hostedEngine';
import { OpenedEncoder } from './openedEncoder';
import { Recovery } from './recovery';
import type { Post } from './runSignals';
import { Runs } from './runs';
import { Suiting } from './suiting';
import { TakeAlong } from './takeAlong';
import { WarmStarting } from './warmStarting';

export interface HostOptions {
  /** Where the choice of kernels is kept between visits. */
  readonly tuning?: TuningCache;
  /** Creates threads for the processor's engine, which has one thread without it. */
  readonly threadHost?: ThreadHost;
  /** Steps between two checkpoints in memory of a run that is not kept. */
  readonly checkpointEvery?: number;
  /** A clock in milliseconds by which losses of the engine are counted; the soak test spaces them by it. */
  readonly now?: () => number;
}

const RESET = 'Press Reset to start it again, then open the file.';

type CommandOf<T extends CommandBody['type']> = Extract<CommandBody, { type: T }>;

/** Carries out the page's commands with the engine: one data set and one run at a time. */
export class Host {
  readonly #post: Post;
  readonly #options: HostOptions;
  readonly #engine: HostedEngine;
  readonly #images = new HeldImages();
  readonly #runs: Runs;
  readonly #recovery: Recovery;
  readonly #opened = new OpenedEncoder();
  readonly #takeAlong: TakeAlong;
  readonly #exploring: Exploring;
  readonly #suiting: Suiting;
  readonly #warmStarting: WarmStarting;
  /** The recovery under way; never rejects. */
  #recovered: Promise<void> = Promise.resolve();
  #exclusive: Promise<unknown> = Promise.resolve();
  /** Kernels being compiled ahead; never rejects. */
  #prepared: Promise<void> = Promise.resolve();
  /** Commands that wait for the end of the preparation, which then ends at its next step. */
  #waiting = 0;

  constructor(post: Post, options: HostOptions = {}) {
    this.#post = post;
    this.#options = options;
    this.#engine = new HostedEngine(options.threadHost, (breakdown) => this.#brokeDown(breakdown));
    const [engine, images] = [this.#engine, this.#images];
    const { checkpointEvery, now = () => performance.now() } = options;
    this.#runs = new Runs({ post, engine, images, kernels: () => this.#kernelOptions, checkpointEvery });
    this.#takeAlong = new TakeAlong({ post, engine, images, runs: this.#runs, opened: this.#opened });
    this.#exploring = new Exploring({ post, engine, images, runs: this.#runs, opened: this.#opened });
    const kernels = () => this.#kernelOptions;
    this.#suiting = new Suiting({ post, engine, images, runs: this.#runs, kernels, now });
    this.#warmStarting = new WarmStarting({ post, engine, images, runs: this.#runs, opened: this.#opened, kernels });
    this.#recovery = new Recovery({ engine, runs: this.#runs, post, now });
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
    if (command.type === 'pause') this.#runs.of(command.runId).stopTraining();
    await this.#recovered;
    switch (command.type) {
      case 'init':
        return { result: await this.#alone(() => this.#init(command)) };
      case 'setDataset':
        await this.#alone(async () => {
          await this.#endRun();
          this.#exploring.forget();
          this.#images.take(withReader(command, (port) => new PicturePort(port)));
        });
        return { result: null };
      case 'readFolders':
        return { result: await this.#alone(async () => this.#images.readFolders(command.reading)) };
      case 'derive': {
        const { derivation, reading } = command;
        return { result: await this.#alone(async () => this.#images.derive(derivation, reading)) };
      }
      case 'takeNext':
        await this.#alone(async () => {
          await this.#endRun();
          this.#exploring.forget();
          this.#images.takeNext(command.number);
        });
        return { result: null };
      case 'prepare':
        await this.#prepare(command.config);
        return { result: null };
      case 'stepMemory':
        return { result: stepMemory(command.config) };
      case 'create':
        await this.#alone(() => this.#create(command));
        return { result: null };
      case 'resume':
        return { result: await this.#alone(() => this.#resume(command)) };
      case 'keep':
        await this.#runs.of(command.runId).keep();
        return { result: null };
      case 'train':
        this.#runs.of(command.runId).train();
        return { result: null };
      case 'pause':
        await this.#runs.of(command.runId).pause();
        return { result: null };
      case 'step':
        await this.#runs.of(command.runId).singleStep();
        return { result: null };
      case 'change':
        await this.#runs.carryOut(() => this.#runs.of(command.runId).change(command.key, command.value));
        return { result: null };
      case 'evaluate':
        this.#runs.of(command.runId).requestEvaluation();
        return { result: null };
      case 'cancelEvaluation':
        this.#runs.of(command.runId).cancelEvaluation();
        return { result: null };
      case 'suit':
        return { result: await this.#suiting.suit(command) };
      case 'cancelSuit':
        this.#suiting.cancel();
        return { result: null };
      case 'beginFromOpened':
        return { result: await this.#warmStarting.begin(command) };
      case 'prepareOpened':
        return { result: await this.#prepareOpened(command.as) };
      case 'setQueries':
        await this.#runs.carryOut(() => this.#runs.of(command.runId).setQueries(command.indices));
        return { result: null };
      case 'thumbnails': {
        const result = await this.#thumbnails(command.indices);
        return { result, transfer: result.map(({ pixels }) => pixels.buffer) };
      }
      case 'takeAlong':
        return { result: await this.#takeAlong.take(command) };
      case 'cancelTakeAlong':
        this.#takeAlong.cancel();
        return { result: null };
      case 'openFile':
        return { result: await this.#openFile(command) };
      case 'openKept':
        return { result: await this.#exploring.openKept(command.id, command.keptId) };
      case 'explore': {
        const result = await this.#exploring.explore(command);
        const { features, copies } = result;
        return { result, transfer: [features.data.buffer as ArrayBuffer, copies.colours.buffer as ArrayBuffer] };
      }
      case 'cancelExplore':
        this.#exploring.cancel();
        return { result: null };
      case 'measureExplored':
        return { result: await this.#exploring.measure(command.id) };
      case 'cancelMeasuring':
        this.#exploring.cancelMeasuring();
        return { result: null };
      case 'search':
        return { result: await this.#exploring.search(command.query, command.most) };
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

  /** Ends the run, and the long work that it waits for. */
  async #endRun(): Promise<void> {
    const ended = Promise.all([
      this.#takeAlong.end(),
      this.#exploring.end(),
      this.#suiting.end(),
      this.#warmStarting.end(),
    ]);
    await this.#runs.end();
    await ended;
  }

  async #create(command: CommandOf<'create'>): Promise<void> {
    await this.#clear();
    this.#runs.create(command);
  }

  async #resume(command: CommandOf<'resume'>): Promise<Replies['resume']> {
    await this.#clear();
    return this.#runs.resume(command);
  }

  /** Opens a file beside the run, which goes on; only what needs the engine waits for its turn. */
  async #openFile(command: CommandOf<'openFile'> & { readonly id: number }): Promise<Replies['openFile']> {
    const { openFile } = await import('./openFile');
    return openFile(command, {
      withEngine: (work) =>
        this.#alone(async () => {
          if (this.#engine.info !== null && !this.#engine.isBroken) return work();
          throw new CommandError('unusable-file', `“${command.name}” cannot be opened, since no engine runs. ${RESET}`);
        }),
      adopt: (run, file) => this.#runs.adopt(run, file),
      hold: (encoder, weights) => {
        this.#opened.encoder = encoder;
        this.#opened.file = weights;
      },
      onProgress: (done, total) => this.#post({ type: 'progress', id: command.id, done, total }),
    });
  }

  /** Sets what images are normalised with for the encoder that was opened from a file. */
  async #prepareOpened(as: CommandOf<'prepareOpened'>['as']): Promise<Replies['prepareOpened']> {
    const { prepareOpened } = await import('./prepareOpened');
    return prepareOpened(this.#opened, as);
  }

  /** Ends the run, and makes sure of the engine that the next one is built on. */
  async #clear(): Promise<void> {
    await this.#endRun();
    await this.#endPreparation();
    await this.#confirmEngine();
  }

  #brokeDown(breakdown: Breakdown): void {
    // The recovery under way sees to it.
    if (this.#recovery.isUnderWay) return;
    this.#runs.interrupt();
    const recovered = this.#alone(async () => {
      await this.#endPreparation();
      await this.#recovery.recover(breakdown);
    });
    this.#recovered = recovered.catch((error: unknown) => this.#runs.fail(toEngineError(error)));
  }

  async #thumbnails(indices: readonly number[]): Promise<Replies['thumbnails']> {
    const { dataset } = this.#images;
    const unknown = indices.find((index) => !(index >= 0 && index < dataset.count));
    if (unknown !== undefined) throw new CommandError('internal', `There is no image ${unknown}.`);
    return withPixels(dataset, indices, () => indices.map((index) => thumbnailOf(dataset, index)));
  }
}
