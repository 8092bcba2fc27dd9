import type { EngineInfo } from '../domain/engineInfo';
import type { KeptWeights, RunKeeping } from '../domain/keptRun';
import type { RecoveryMarker } from '../domain/measurement';
import type { RunConfig } from '../domain/runConfig';
import type { Emit } from '../domain/signal';
import type { Checkpoint } from '../engine/run/checkpoint/checkpoint';
import type { KernelOptions } from '../engine/run/kernelChoice';
import { Trainer } from '../engine/run/trainer';
import type { CommandBody, Replies } from '../protocol/commands';
import type { EngineError } from '../protocol/events';
import { continued } from './continued';
import { CommandError, toEngineError } from './errors';
import type { HeldImages } from './heldImages';
import type { HostedEngine } from './hostedEngine';
import { HostedRun } from './hostedRun';
import type { Keeper } from './keeper';
import type { KeptRuns, OpenedRun, RunToKeep } from './keptRuns';
import { LastCheckpoint } from './lastCheckpoint';
import { LazyKeeper } from './lazyKeeper';
import { breakError, type Restarted } from './recoveryWords';
import type { FromKept } from './resumeKept';
import { type Post, RunSignals } from './runSignals';

type CommandOf<T extends CommandBody['type']> = Extract<CommandBody, { type: T }>;

export interface RunsParts {
  readonly post: Post;
  readonly engine: HostedEngine;
  readonly images: HeldImages;
  readonly kernels: () => KernelOptions;
  /** Steps between two lastCheckpoint in memory of a run that is not kept. */
  readonly checkpointEvery: number | undefined;
}

/** The run in use, with what is needed to go on with it on another engine. */
interface PresentRun {
  readonly config: RunConfig;
  readonly hosted: HostedRun;
  readonly signals: RunSignals;
  readonly keeper: LazyKeeper | null;
  readonly lastCheckpoint: LastCheckpoint;
  readonly recoveries: readonly RecoveryMarker[];
}

/** Builds, resumes and ends the runs of a worker, one at a time. */
export class Runs {
  readonly #parts: RunsParts;
  #run: PresentRun | null = null;
  #keptRuns: Promise<KeptRuns> | null = null;

  constructor(parts: RunsParts) {
    this.#parts = parts;
  }

  /** The run in use. @throws CommandError where it is another one */
  of(runId: string): HostedRun {
    if (this.#run?.hosted.id !== runId) throw new CommandError('stale-run', `Run ${runId} has ended.`);
    return this.#run.hosted;
  }

  /** The run in use; null where there is none, or it does no more work. */
  get present(): HostedRun | null {
    const hosted = this.#run?.hosted;
    return hosted === undefined || hosted.isStopped ? null : hosted;
  }

  /** The step of the present run's last checkpoint; 0 before the first. */
  get checkpointStep(): number {
    return this.#run?.lastCheckpoint.step ?? 0;
  }

  /** Builds a run at step 0. The earlier one has been ended. */
  create({ runId, config, changes, keeping }: CommandOf<'create'>): void {
    const signals = new RunSignals(this.#parts.post, runId);
    const trainer = new Trainer(this.#parts.images.dataset, config, changes, signals.source(), this.#parts.kernels());
    const lastCheckpoint = this.#newLastCheckpoint();
    const open = async (run: RunToKeep) => (await this.#kept()).keeperOf(run);
    const keeper = keeping === undefined ? null : this.#keeper(signals, lastCheckpoint, config, keeping, open);
    this.#use(runId, trainer, { config, signals, keeper, lastCheckpoint, recoveries: [] }).start();
  }

  /** Builds a run from a checkpoint in the storage. The earlier one has been ended. */
  async resume({ runId, from, changes, keeping }: CommandOf<'resume'>): Promise<Replies['resume']> {
    const { post, engine, images, kernels } = this.#parts;
    const signals = new RunSignals(post, runId);
    const kept = await this.#kept();
    const broken = engine.broken.then((breakdown): never => {
      const { code, message } = breakError(breakdown);
      throw new CommandError(code, message);
    });
    const resuming = kept.resume({ ...from, as: keeping.id }, (checkpoint, resumeRun) => {
      const emit = emitRewound(signals, checkpoint.step);
      return resumeRun(checkpoint, images.dataset, this.#engineInfo, emit, kernels());
    });
    // On a lost device it may never end.
    const resumed = await Promise.race([resuming, broken]);
    const { trainer, notes, file } = resumed;
    for (const [key, value] of changes) trainer.change(key, value);
    const { config } = trainer;
    const lastCheckpoint = this.#newLastCheckpoint();
    lastCheckpoint.hold(trainer.step, file);
    const open = async (run: RunToKeep) => kept.keeperOfResumed(run, resumed);
    const keeper = this.#keeper(signals, lastCheckpoint, config, keeping, open);
    this.#use(runId, trainer, { config, signals, keeper, lastCheckpoint, recoveries: [] }).resumed();
    await keeper.begin();
    const { made, planned } = trainer.allChanges;
    const { step, warmStart } = trainer;
    return { step, config, changes: [...made, ...planned], ...(warmStart && { warmStart }), notes };
  }

  /** As `KeptRuns.adopt`. */
  async adopt(run: OpenedRun, file: Uint8Array<ArrayBuffer>): Promise<void> {
    await (await this.#kept()).adopt(run, file);
  }

  /** As `KeptRuns.from`. */
  async fromKept<T>(id: string, make: (checkpoint: Checkpoint) => Promise<T>): Promise<FromKept<T>> {
    return (await this.#kept()).from(id, make);
  }

  /** Ends the run, once its current step or measurement has ended, and frees its memory. */
  async end(): Promise<void> {
    const run = this.#run;
    this.#run = null;
    await run?.hosted.end();
  }

  /** Reports an error outside any command, which ends the run. */
  fail(error: EngineError): void {
    this.#parts.post({ type: 'error', error, runId: this.#run?.hosted.id ?? null });
    this.#run?.hosted.fail();
  }

  /** Stops the run at once, since its engine is lost. */
  interrupt(): void {
    this.#run?.hosted.interrupt();
  }

  /** Frees the run whose engine is lost; returns how many steps it had done, null where there is none to go on with. */
  async leave(): Promise<{ readonly step: number } | null> {
    this.interrupt();
    if (this.#run?.hosted.isInterrupted !== true) return null;
    const { hosted } = this.#run;
    await hosted.dispose();
    return { step: hosted.lostAt };
  }

  /**
   * Goes on with the run that was left, from its last checkpoint, or from its beginning where there is none yet.
   * @returns from which step, and what could not be had as it was before; null where this engine was lost, too
   */
  async goOn({
    engine,
    cause,
  }: Restarted): Promise<{ readonly from: number; readonly notes: readonly string[] } | null> {
    const run = this.#run;
    if (run === null) return null;
    const { config, hosted, signals, keeper, lastCheckpoint } = run;
    const { images, kernels } = this.#parts;
    const continuation = { images: images.dataset, engine, emit: signals.source(), options: kernels() };
    try {
      const { trainer, notes } = await continued(lastCheckpoint.last, config, hosted.changesSoFar, continuation);
      if (this.#parts.engine.isBroken) {
        trainer.dispose();
        return null;
      }
      const { step } = trainer;
      const recoveries = [...run.recoveries, { kind: 'recovery', step, cause } as const];
      for (const marker of recoveries) trainer.reportRecovery(marker);
      keeper?.rewound(step);
      this.#use(hosted.id, trainer, { ...run, recoveries }).goOn(hosted.plans);
      return { from: step, notes };
    } catch (error) {
      await this.#unlessBroken(error);
      return null;
    }
  }

  /** Carries out a command of a run; where the engine breaks down meanwhile, the run that goes on does it. */
  async carryOut(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (!(await this.#parts.engine.breaksDown())) throw error;
    }
  }

  #use(id: string, trainer: Trainer, run: Omit<PresentRun, 'hosted'>): HostedRun {
    const { signals, keeper, lastCheckpoint } = run;
    const onError = (error: EngineError) => void this.#workFailed(hosted, error);
    const hosted = new HostedRun({ id, trainer, signals, keeper, lastCheckpoint, onError });
    this.#run = { ...run, hosted };
    return hosted;
  }

  /** Handles an error in a run's work, unless it is that of an engine that broke down. */
  async #workFailed(hosted: HostedRun, error: EngineError): Promise<void> {
    if (error.code === 'out-of-memory') this.#parts.engine.ranOutOfMemory(error.message);
    else if (!(await this.#parts.engine.breaksDown()) && this.#run?.hosted === hosted) this.fail(error);
  }

  /** @throws the error, unless it is that of an engine that broke down */
  async #unlessBroken(error: unknown): Promise<void> {
    const { engine } = this.#parts;
    const { code, message } = toEngineError(error);
    if (code === 'out-of-memory') engine.ranOutOfMemory(message);
    else if (!(await engine.breaksDown())) throw error;
  }

  #newLastCheckpoint(): LastCheckpoint {
    return new LastCheckpoint(() => this.#parts.engine.info, this.#parts.checkpointEvery);
  }

  get #engineInfo(): EngineInfo {
    const { info } = this.#parts.engine;
    if (info === null) throw new CommandError('internal', 'No engine runs yet.');
    return info;
  }

  #keeper(
    signals: RunSignals,
    lastCheckpoint: LastCheckpoint,
    config: RunConfig,
    keeping: RunKeeping,
    open: (run: RunToKeep) => Promise<Keeper>,
  ): LazyKeeper {
    const report = (value: KeptWeights) => signals.send({ kind: 'kept', value });
    const hold = (step: number, file: Uint8Array<ArrayBuffer>) => lastCheckpoint.hold(step, file);
    const run = { config, keeping, engine: () => this.#engineInfo, report, hold };
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
}

/** Sends what a resumed run reports, after the report that it stands at a step again. */
function emitRewound(signals: RunSignals, step: number): Emit {
  const emit = signals.source();
  let isFirst = true;
  return (signal) => {
    if (isFirst) emit({ kind: 'rewound', value: { step } });
    isFirst = false;
    emit(signal);
  };
}
