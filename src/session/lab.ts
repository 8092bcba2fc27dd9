import { type ConfigPath, setConfigValue } from '../domain/configPath';
import { withMethod } from '../domain/presets';
import {
  type AugmentConfig,
  configProblems,
  type DatasetChoice,
  type LiveKey,
  type LiveValue,
  type PresetName,
  type RunConfig,
} from '../domain/runConfig';
import type { Replies } from '../protocol/commands';
import type { EngineError } from '../protocol/events';
import type { RunStorage } from '../storage/runStorage';
import { RunArchive } from './archive/runArchive';
import { DatasetLoading, type ImageLoaders, type Origin } from './data/datasetLoading';
import { createDatasetStore } from './data/datasetStore';
import { Thumbnails } from './data/thumbnails';
import type { WorkerPort } from './engine/engineClient';
import { EngineSession, engineErrorOf } from './engine/engineSession';
import { createEngineStore } from './engine/engineStore';
import { ExperimentQueue } from './experiments/experimentQueue';
import { openLink } from './link/link';
import { createNoticeStore, notify } from './noticeStore';
import { ChartClock, type Scheduler } from './run/chartClock';
import { pickQueries } from './run/queries';
import { rebased, withPreset } from './run/rebase';
import { logged, receiveSignal } from './run/runEvents';
import { createRunStore, hasMoved, isLiveKey, NO_RUN, type RunStoreState } from './run/runStore';
import { SeriesSet } from './run/series';
import { startProblem } from './run/startProblem';

export interface LabOptions {
  readonly openWorker: () => WorkerPort;
  readonly loaders: ImageLoaders;
  /** Where a sample's images come from, by its choice in the settings. */
  readonly sampleOrigin: (choice: Exclude<DatasetChoice, 'folder'>) => Origin;
  readonly schedule?: Scheduler;
  /** Where runs outlive the page; without it they are kept for as long as it is open. */
  readonly storage?: RunStorage;
}

/** An edit is built into a run that has not moved after this pause, so that a series of edits builds one run. */
const REBUILD_DELAY_MS = 400;

/** In the place of a run: not even its changes in flight are left. */
const FORGOTTEN = { active: null, changes: [], intent: null } as const;

/** Everything the page does: one value is edited, one worker trains, and what it says is kept for the components to read. */
export class Lab {
  readonly engineStore = createEngineStore();
  readonly datasetStore = createDatasetStore();
  readonly noticeStore = createNoticeStore();
  readonly runStore;
  readonly series = new SeriesSet();
  readonly archive: RunArchive;
  readonly experiments: ExperimentQueue;
  readonly clock: ChartClock;
  readonly thumbnails: Thumbnails;

  private readonly engine: EngineSession;
  private readonly loading: DatasetLoading;
  /** Where the images in use come from, and the worker that has them. */
  private origin: Origin | null = null;
  private holder = 0;
  private runs = 0;
  private rebuild: ReturnType<typeof setTimeout> | null = null;
  /** Settled once the worker has the current run: before, it knows no run of that name. */
  private created: Promise<void> = Promise.resolve();
  /** Whether the page may still choose the preset by itself. */
  private choosesPreset: boolean;

  constructor(
    hash: string,
    private readonly options: LabOptions,
  ) {
    const { run, notices, namesPreset } = openLink(hash);
    this.choosesPreset = !namesPreset;
    this.runStore = createRunStore(run.config);
    this.runStore.setState({ changes: run.changes });
    this.datasetStore.setState({ wanted: run.folder });
    for (const notice of notices) notify(this.noticeStore, notice);
    this.archive = new RunArchive(this, options.storage ?? null);
    this.experiments = new ExperimentQueue(this);
    this.clock = new ChartClock(options.schedule);
    this.engine = new EngineSession(this.engineStore, options.openWorker, {
      onSignal: (signal, runId) => receiveSignal(this, signal, runId),
      onError: (error, runId) => this.fail(error, runId),
    });
    this.loading = new DatasetLoading(this.datasetStore, options.loaders, async (dataset) => {
      await this.stopRun();
      await this.engine.request<'setDataset'>({ type: 'setDataset', dataset }, [dataset.pixels.buffer]);
      this.holder = this.engine.workerNumber;
      this.thumbnails.clear();
    });
    this.thumbnails = new Thumbnails((indices) => this.engine.request<'thumbnails'>({ type: 'thumbnails', indices }));
  }

  /** Starts the engine and loads what the settings name, both at once; the run is built when both are there. */
  start(): void {
    const { dataset, engine } = this.config;
    void this.engine.ensure(engine).then((ready) => {
      if (ready) this.prepare();
    });
    if (dataset !== 'folder') void this.loadImages(this.options.sampleOrigin(dataset));
  }

  /** Opens another link in the same page; what cannot be read of it is said in a notice. */
  open(hash: string): void {
    const { run, notices } = openLink(hash);
    this.choosesPreset = false;
    this.noticeStore.setState({ notices: [] });
    for (const notice of notices) notify(this.noticeStore, notice);
    const before = this.config.dataset;
    this.replaceRun(FORGOTTEN);
    this.runStore.setState({ config: run.config, changes: run.changes });
    const { info } = this.datasetStore.getState();
    const inUse = info?.source.kind === 'folder' && info.source.fingerprint === run.folder?.fingerprint;
    this.datasetStore.setState({ wanted: inUse ? null : run.folder });
    const { dataset } = run.config;
    if (dataset === 'folder' || dataset === before) void this.build();
    else void this.loadImages(this.options.sampleOrigin(dataset));
  }

  // Settings

  /** @throws Error naming the setting when the value does not fit it. */
  set(path: ConfigPath, value: unknown): void {
    const state = this.runStore.getState();
    if (isLiveKey(path) && state.active !== null) {
      this.change(path, setConfigValue(state.config, path, value)[path]);
      return;
    }
    const changed = setConfigValue(state.config, path, value);
    // Another method brings settings of its own with it.
    this.edit(changed.method === state.config.method ? changed : withMethod(state.config, changed.method));
  }

  setPreset(preset: PresetName): void {
    this.choosesPreset = false;
    this.edit(withPreset(this.config, preset));
  }

  /** Gives up edits that wait for a new run. */
  discardEdits(): void {
    const { active } = this.runStore.getState();
    if (active !== null) this.runStore.setState({ config: active.config });
  }

  /** Takes the current data set's sample, or loads another one. */
  chooseSample(choice: Exclude<DatasetChoice, 'folder'>): void {
    this.datasetStore.setState({ wanted: null });
    void this.loadImages(this.options.sampleOrigin(choice));
  }

  /**
   * Loads images and, once they are complete, builds a new run on them. Until then everything stays.
   * @param problem of a load before, which stays said
   */
  async loadImages(origin: Origin, problem: string | null = null): Promise<void> {
    const first = this.runStore.getState().active === null;
    const { imageSize, batchSize, preset } = this.config;
    // The first images stay wanted even if the worker dies before it has them.
    this.origin ??= origin;
    const info = await this.loading.load(origin, { size: imageSize, batchSize }, problem);
    if (info === null) {
      const { info: inUse, loading, problem: said } = this.datasetStore.getState();
      const before = this.origin;
      // It had taken the place of the first images while they were on their way: those come after all.
      if (inUse === null && loading === null && before !== origin) await this.loadImages(before, said);
      return;
    }
    this.origin = origin;
    const dataset = info.source.kind === 'sample' ? info.source.id : 'folder';
    const { wanted } = this.datasetStore.getState();
    if (wanted !== null && info.source.kind === 'folder' && wanted.fingerprint !== info.source.fingerprint) {
      notify(
        this.noticeStore,
        `“${info.name}” is not the folder this link was made with (“${wanted.name}”, ${wanted.count} images): the run will differ.`,
      );
    }
    const { config, changes } = this.runStore.getState();
    this.datasetStore.setState({ wanted: null });
    this.runStore.setState({
      config: dataset === config.dataset ? config : rebased(config, preset, dataset),
      changes: first ? changes : [],
      queries: pickQueries(info, 0),
    });
    await this.build();
  }

  cancelLoading(): void {
    this.loading.cancel();
  }

  // Run

  train(): void {
    this.runStore.setState({ intent: 'train' });
    void this.goOn();
  }

  step(): void {
    this.runStore.setState({ intent: 'step' });
    void this.goOn();
  }

  pause(): void {
    const { active, runState } = this.runStore.getState();
    this.runStore.setState({ intent: runState === 'training' ? 'pause' : null });
    if (active === null) return;
    const { runId } = active;
    void this.created.then(() => this.attempt(this.engine.request<'pause'>({ type: 'pause', runId })));
  }

  /** A new run at step 0 with the settings as edited, with the engine started again if need be. The run before it is over. */
  reset(): void {
    const [problem] = configProblems(this.config);
    if (problem !== undefined && this.runStore.getState().active !== null) {
      // No run could be built of these settings: the one there is stays.
      notify(this.noticeStore, problem);
      return;
    }
    this.engine.forgetFailure();
    this.replaceRun(FORGOTTEN);
    void this.build();
  }

  /**
   * A run of other settings in the place of the present one, which is over. Resolves once it is built and, if that is the intent,
   * trains, or cannot be built.
   */
  async replaceBy(config: RunConfig, intent: 'train' | null): Promise<void> {
    this.choosesPreset = false;
    this.engine.forgetFailure();
    this.replaceRun(FORGOTTEN);
    this.runStore.setState({ config, intent });
    await this.build();
  }

  setQueries(queries: readonly number[]): void {
    this.runStore.setState({ queries });
    const { active } = this.runStore.getState();
    if (active === null) return;
    void this.attempt(this.engine.request<'setQueries'>({ type: 'setQueries', runId: active.runId, indices: queries }));
  }

  /** Two augmented views of some images, without a run. */
  preview(augment: AugmentConfig, seed: number, indices: readonly number[]): Promise<Replies['preview']> {
    return this.engine.request<'preview'>({ type: 'preview', augment, seed, indices });
  }

  private get config(): RunConfig {
    return this.runStore.getState().config;
  }

  private edit(config: RunConfig): void {
    this.runStore.setState({ config });
    if (hasMoved(this.runStore.getState())) return;
    if (this.rebuild !== null) clearTimeout(this.rebuild);
    this.rebuild = setTimeout(() => void this.build(), REBUILD_DELAY_MS);
  }

  private change(key: LiveKey, value: LiveValue): void {
    const { active, pending } = this.runStore.getState();
    if (active === null) return;
    this.runStore.setState({ pending: { ...pending, [key]: value } });
    const { runId } = active;
    void this.created.then(() => this.attempt(this.engine.request<'change'>({ type: 'change', runId, key, value })));
  }

  /** Has the kernels compiled while images are read. */
  private prepare(): void {
    this.chooseTiny();
    const { info } = this.datasetStore.getState();
    if (info !== null || configProblems(this.config).length > 0) return;
    void this.attempt(this.engine.request<'prepare'>({ type: 'prepare', config: this.config }));
  }

  /** Builds a run of the settings, as soon as there are an engine and images to build it with. */
  private async build(): Promise<void> {
    if (this.rebuild !== null) clearTimeout(this.rebuild);
    this.rebuild = null;
    if (!(await this.engine.ensure(this.config.engine))) return;
    this.chooseTiny();
    const { info, loading } = this.datasetStore.getState();
    if (loading !== null) return;
    if (this.origin !== null && (this.holder !== this.engine.workerNumber || info?.size !== this.config.imageSize)) {
      await this.loadImages(this.origin);
      return;
    }
    const problem = startProblem(this.config, this.datasetStore.getState());
    if (info === null || problem !== null) {
      this.replaceRun({ active: null, intent: null });
      return;
    }
    this.runs += 1;
    const runId = `run-${this.runs}`;
    const { config, changes, queries, log } = this.runStore.getState();
    this.replaceRun({
      active: { runId, config },
      runState: 'building',
      log: logged(log, 0, `run ${this.runs}: ${config.preset}, ${info.name}, seed ${config.seed}`),
    });
    try {
      const created = this.engine.request<'create'>({ type: 'create', runId, config, changes });
      this.created = created.then(
        () => undefined,
        () => undefined,
      );
      await created;
      if (this.runStore.getState().active?.runId !== runId) return;
      await this.engine.request<'setQueries'>({ type: 'setQueries', runId, indices: queries });
      await this.goOn();
    } catch (thrown) {
      this.fail(engineErrorOf(thrown), runId);
      if (this.runStore.getState().active?.runId === runId)
        this.runStore.setState({ runState: 'failed', intent: null });
    }
  }

  /** Does what was asked for, or builds the run it needs first: `build` comes back here. */
  private async goOn(): Promise<void> {
    const asked = this.runStore.getState().intent;
    if (asked !== 'train' && asked !== 'step') return;
    if (this.runStore.getState().active === null || this.rebuild !== null) return this.build();
    await this.created;
    // Pressed again, or replaced, while it was waiting.
    const { active, intent } = this.runStore.getState();
    if (active === null || intent !== asked) return;
    const { runId } = active;
    if (intent === 'train') await this.attempt(this.engine.request<'train'>({ type: 'train', runId }));
    else {
      this.runStore.setState({ intent: null });
      await this.attempt(this.engine.request<'step'>({ type: 'step', runId }));
    }
  }

  /** Pauses and forgets the run before its images are replaced. */
  private async stopRun(): Promise<void> {
    const { active, runState } = this.runStore.getState();
    if (active !== null && runState === 'training') {
      await this.attempt(this.engine.request<'pause'>({ type: 'pause', runId: active.runId }));
    }
    this.replaceRun({ active: null });
  }

  /** The store first: the archive hears of it, and keeps the run before with the curves that are still there. */
  private replaceRun(next: Partial<RunStoreState>): void {
    this.runStore.setState({ ...NO_RUN, ...next });
    this.series.clear();
    this.clock.touch();
  }

  /** A software adapter is some hundred times slower: unless a preset was named, take the one made for it. */
  private chooseTiny(): void {
    if (!this.choosesPreset) return;
    this.choosesPreset = false;
    if (this.engineStore.getState().adapter?.isSoftware !== true) return;
    this.runStore.setState({ config: rebased(this.config, 'tiny', this.config.dataset) });
  }

  /** Shows an error; one that the engine did not survive ends the run as well. */
  private fail(error: EngineError, runId: string | null): void {
    const { active, log, runState } = this.runStore.getState();
    if (error.code === 'stale-run' || (runId !== null && runId !== active?.runId)) return;
    this.runStore.setState({ error, log: logged(log, null, error.message, true) });
    if (error.code !== 'device-lost' && error.recoverable) return;
    this.engine.lose(error);
    this.runStore.setState({ runState: active === null ? runState : 'failed', intent: null });
  }

  private async attempt(answer: Promise<unknown>): Promise<void> {
    try {
      await answer;
    } catch (thrown) {
      this.fail(engineErrorOf(thrown), this.runStore.getState().active?.runId ?? null);
    }
  }
}
