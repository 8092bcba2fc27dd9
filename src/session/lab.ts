import type { ConfigPath } from '../domain/configPath';
import { areDerivedAlike, type Derivation, isSameDerivation } from '../domain/derivation';
import type { FolderRole } from '../domain/folderCorrections';
import type { DatasetInfo, PictureStorage } from '../domain/imageDataset';
import type { RunKeeping } from '../domain/keptRun';
import { placeIn } from '../domain/places';
import type { AugmentConfig, DatasetChoice, PresetName, RunConfig } from '../domain/runConfig';
import type { SharedRun } from '../domain/shareLink';
import type { ImageFindings } from '../domain/takeAlong';
import type { Replies } from '../protocol/commands';
import type { CheckpointStorage } from '../storage/checkpointStorage';
import type { KeptImageStorage } from '../storage/keptImageStorage';
import type { RunPointer } from '../storage/runPointer';
import type { RunStorage } from '../storage/runStorage';
import { picturesOf } from './archive/picturesOf';
import { RunArchive } from './archive/runArchive';
import type { FilesOrigin, ImageLoaders, LoadSettings, Origin, ProjectOrigin } from './data/datasetLoading';
import { createDatasetStore, NO_PROBLEM } from './data/datasetStore';
import { folderOf, identityOf } from './data/identity';
import { ImagesInUse } from './data/imagesInUse';
import { KeptImages } from './data/keptImages';
import { originalOf } from './data/originals';
import type { Thumbnails } from './data/thumbnails';
import type { WorkerPort } from './engine/engineClient';
import { EngineSession } from './engine/engineSession';
import { createEngineStore } from './engine/engineStore';
import { ExperimentQueue } from './experiments/experimentQueue';
import { Deriving } from './exploring/deriving';
import { Exploring } from './exploring/exploring';
import { findingsOf } from './exploring/findings';
import { type ExplorerPort, openExplorer } from './exploring/openExplorer';
import { Frames } from './frames/frames';
import { KeptRuns } from './keeping/keptRuns';
import { Lessons } from './lessons/lessons';
import { createLessonLinkStore, type LessonLinkStore } from './link/lessonLinkStore';
import { type OpenedLink, openLink } from './link/link';
import { createPlaceStore, type PlaceStore } from './link/placeStore';
import { createNoticeStore, notify } from './noticeStore';
import { Opening } from './opening/opening';
import type { PageStorage } from './pageText';
import type { Beginning } from './run/beginning';
import { ChartClock, type Scheduler } from './run/chartClock';
import { rebasedOn } from './run/rebase';
import { RunControl, type RunPlan } from './run/runControl';
import { type Locks, RunLock } from './run/runLock';
import { type ActiveRun, createRunStore } from './run/runStore';
import { SampleRest } from './run/sampleRest';
import { SeriesSet } from './run/series';
import { Settings } from './run/settings';
import { Suiting } from './suiting/suiting';
import { Taking } from './taking/taking';

export interface LabOptions {
  readonly openWorker: () => WorkerPort;
  /** Starts the worker for maps and clusters; by default the page's own. */
  readonly openExplorer?: () => ExplorerPort;
  readonly loaders: ImageLoaders;
  /** The origin of a sample's images, by its name in the settings. */
  readonly sampleOrigin: (choice: Exclude<DatasetChoice, 'folder'>) => Origin;
  readonly schedule?: Scheduler;
  /** The storage of runs; without it they are kept only while the page is open. */
  readonly storage?: RunStorage;
  /** The checkpoints that the worker writes; without them no run goes on after the page was closed. */
  readonly checkpoints?: CheckpointStorage;
  /** `navigator.locks`, by which one tab at most goes on with a kept run. */
  readonly locks?: Locks | null;
  /** The storage of a person's own images; without it they are never kept. */
  readonly imageStorage?: KeptImageStorage | null;
  /** Asks the browser not to delete what the page stores. */
  readonly persist?: () => void;
  /** The storage of progress in lessons and of small choices; without it, they are kept only while the page is open. */
  readonly pageStorage?: PageStorage | null;
}

/** Everything that the page does, without React: it holds the edited settings, runs the training worker, and stores what it reports. */
export class Lab {
  readonly engineStore = createEngineStore();
  readonly datasetStore = createDatasetStore();
  readonly noticeStore = createNoticeStore();
  readonly placeStore: PlaceStore;
  readonly lessonLinkStore: LessonLinkStore;
  readonly runStore;
  readonly series = new SeriesSet();
  readonly frames: Frames;
  readonly archive: RunArchive;
  readonly keptRuns: KeptRuns;
  readonly keptImages: KeptImages;
  readonly experiments: ExperimentQueue;
  readonly exploring: Exploring;
  readonly deriving = new Deriving(this);
  readonly lessons: Lessons;
  readonly suiting: Suiting;
  readonly taking: Taking;
  readonly opening: Opening;
  readonly clock: ChartClock;
  /** Whether the page was opened without settings in its address. */
  readonly isFirstVisit: boolean;

  readonly #options: LabOptions;
  /** What the page's address asked for when it was opened. */
  readonly #link: OpenedLink;
  readonly #engine: EngineSession;
  readonly #images: ImagesInUse;
  readonly #control: RunControl;
  readonly #settings: Settings;
  /** Whether the first part of a sample is enough for the next run: of a first visit, or on a sample that the person chose. */
  #takesFirstPart: boolean;
  /** The images that are being loaded for a run that will take the place of the one on the page, and its settings. */
  #next: { readonly origin: Origin; readonly config: RunConfig } | null = null;

  constructor(hash: string, options: LabOptions) {
    const link = openLink(hash);
    const { run, notices, namesPreset, isFirstVisit } = link;
    this.#link = link;
    this.#options = options;
    this.#takesFirstPart = isFirstVisit;
    this.isFirstVisit = isFirstVisit;
    this.placeStore = createPlaceStore(placeIn(hash));
    this.lessonLinkStore = createLessonLinkStore(hash);
    this.runStore = createRunStore(run.config);
    this.runStore.setState({ changes: run.changes });
    for (const notice of notices) notify(this.noticeStore, notice);
    this.frames = new Frames({ load: (id) => this.archive.keptTrack(id), schedule: options.schedule });
    this.archive = new RunArchive(this, options.storage ?? null);
    const { checkpoints = null, locks = null } = options;
    this.keptRuns = new KeptRuns(this, checkpoints, new RunLock(locks), options.pageStorage ?? null);
    this.keptImages = new KeptImages({
      storage: options.imageStorage ?? null,
      choiceStorage: options.pageStorage ?? null,
      persist: options.persist ?? null,
      noticeStore: this.noticeStore,
    });
    this.experiments = new ExperimentQueue(this);
    this.lessons = new Lessons(this, options.pageStorage ?? null);
    this.clock = new ChartClock(options.schedule);
    this.#engine = new EngineSession(this.engineStore, options.openWorker, {
      onSignal: (signal, runId) => this.#control.receive(signal, runId),
      onError: (error, runId) => {
        this.#control.fail(error, runId);
        if (error.recoverable) return;
        this.opening.workerFailed();
        void this.keptRuns.afterCrash();
      },
      onNotice: (text) => notify(this.noticeStore, text),
    });
    this.exploring = new Exploring(this, {
      engine: this.#engine,
      openExplorer: options.openExplorer ?? openExplorer,
      pageStorage: options.pageStorage ?? null,
      openKept: ({ id, name }) => this.opening.openKept(id, name),
    });
    this.suiting = new Suiting(this, {
      engine: this.#engine,
      keepPart: () => this.#images.keepPart(),
      replaceBy: (config) => this.replaceBy(config, null),
    });
    this.taking = new Taking(this, this.#engine);
    this.opening = new Opening(this, this.#engine);
    this.#images = new ImagesInUse(this, {
      engine: this.#engine,
      loaders: options.loaders,
      settings: (origin) => this.#loadSettings(origin),
      leaveImages: () => this.#control.leaveImages(),
    });
    this.#control = new RunControl(this, {
      engine: this.#engine,
      images: this.#images,
      keepingOf: (active) => this.#keepingOf(active),
      adaptSettings: () => this.#settings.adaptToEngine(),
      reloadImages: () => this.#reloadImages(),
    });
    this.#settings = new Settings(this.runStore, this.engineStore, this.#control, isFirstVisit);
    new SampleRest(this, {
      join: () => this.#withImages(() => this.#images.join()),
      download: (id) => this.#images.download(id),
    });
    this.#images.waitFor(run.folder, run.derivation);
    if (namesPreset) this.#settings.keepPreset();
  }

  /** What exploring found of the images in use; null where they were not explored. */
  findings(): ImageFindings | null {
    const { info } = this.datasetStore.getState();
    return info === null ? null : findingsOf(this.exploring.store.getState(), info);
  }

  get thumbnails(): Thumbnails {
    return this.#images.thumbnails;
  }

  /**
   * Starts the engine and loads the data set at the same time; the run is built when both are ready. It is the last kept one, where the address
   * does not ask for another.
   */
  start(): void {
    const { checkpoints } = this.#options;
    if (checkpoints === undefined || this.lessonLinkStore.getState().text !== null) this.#start(null);
    else {
      // Beside the storage, which is nearly always asked for a run on the same engine.
      void this.#engine.ensure(this.#config.engine);
      void this.keptRuns.lastRun(this.#link).then((run) => this.#start(run));
    }
  }

  #start(run: RunPointer | null): void {
    let { derivation } = this.#link.run;
    if (run !== null) {
      const { config, changes, dataset } = run;
      derivation = dataset.derivation;
      this.#takesFirstPart = false;
      this.#settings.keepPreset();
      this.#images.waitFor(folderOf(dataset), dataset.derivation);
      this.runStore.setState({ config, changes, beginning: this.keptRuns.beginningOf(run) });
    }
    const { dataset, engine } = this.#config;
    void this.#engine.ensure(engine).then((ready) => {
      if (!ready) return;
      this.#settings.adaptToEngine();
      this.#control.prepare();
    });
    if (dataset !== 'folder') void this.loadImages(this.#options.sampleOrigin(dataset), derivation);
    else void this.#loadWanted();
    void this.lessons.start();
  }

  /** Opens another link in the same page. Notices name the settings that cannot be read. */
  open(hash: string): void {
    const { run: linked, notices } = openLink(hash);
    const { info } = this.datasetStore.getState();
    // A link does not hold the names of the classes that a person made.
    const isInUse = areDerivedAlike(linked.derivation, info?.derivation);
    const run = isInUse ? { ...linked, derivation: info?.derivation } : linked;
    this.noticeStore.setState({ notices: [] });
    for (const notice of notices) notify(this.noticeStore, notice);
    this.#replace(run, (loadsImages) => this.#control.open(run.config, run.changes, loadsImages));
  }

  /** Replaces the run on the page by one that begins from a checkpoint. */
  begin(beginning: Beginning, { config, changes }: Pick<RunPointer, 'config' | 'changes'>): void {
    const { dataset } = beginning;
    const run = { config, changes, folder: folderOf(dataset), derivation: dataset.derivation };
    this.#replace(run, (loadsImages) => this.#control.begin(beginning, config, changes, loadsImages));
  }

  /** As `begin`, once the images of a project file are loaded; the run on the page stays until then. Resolves to whether they were loaded. */
  async beginOn(
    origin: ProjectOrigin,
    beginning: Beginning,
    run: Pick<RunPointer, 'config' | 'changes'>,
  ): Promise<boolean> {
    this.#next = { origin, config: run.config };
    const info = await this.#images.load(origin);
    this.#next = null;
    if (info === null) {
      this.#control.imagesFailed();
      return false;
    }
    void this.keptImages.imagesLoaded(null);
    this.begin(beginning, run);
    return true;
  }

  #replace({ config, folder, derivation }: SharedRun, replace: (loadsImages: boolean) => void): void {
    this.#takesFirstPart = false;
    this.#images.keepPart();
    this.#settings.keepPreset();
    // What was said of an earlier drop does not concern this run.
    this.datasetStore.setState(NO_PROBLEM);
    const { dataset } = config;
    const sample = dataset === 'folder' || dataset === this.#config.dataset ? null : dataset;
    const { info } = this.datasetStore.getState();
    const isDerivedAnew = dataset !== 'folder' && sample === null && !isSameDerivation(info?.derivation, derivation);
    const isReadAgain = this.#images.waitFor(folder, derivation);
    replace(sample !== null || isReadAgain || isDerivedAnew);
    if (sample !== null) void this.loadImages(this.#options.sampleOrigin(sample), derivation);
    else if (isDerivedAnew) void this.#deriveAgain(dataset, derivation);
    else if (isReadAgain) this.#reloadImages();
    else void this.#loadWanted();
  }

  /** Derives images of the sample in use for a run that is opened. */
  async #deriveAgain(sample: Exclude<DatasetChoice, 'folder'>, derivation: Derivation | undefined): Promise<void> {
    const { origin } = this.#images;
    if (origin?.kind !== 'sample' || this.datasetStore.getState().loading !== null) {
      await this.loadImages(this.#options.sampleOrigin(sample), derivation);
      return;
    }
    await this.#withImages(async () => {
      const outcome = await this.#images.derive(derivation ?? null);
      if (outcome === null || !('refusal' in outcome)) return outcome;
      // All of the sample is used then, which a notice says.
      return this.#images.load(origin, undefined, derivation);
    });
  }

  /** @throws Error naming the setting when the value does not fit it. */
  set(path: ConfigPath, value: unknown): void {
    this.#settings.set(path, value);
  }

  setPreset(preset: PresetName): void {
    this.#settings.setPreset(preset);
  }

  /** Discards edits that need a new run. */
  discardEdits(): void {
    this.#settings.discardEdits();
  }

  /** Loads a sample. A link's request for a folder is dropped. */
  chooseSample(choice: Exclude<DatasetChoice, 'folder'>): void {
    this.#images.waitFor(null);
    this.#takesFirstPart = true;
    void this.loadImages(this.#options.sampleOrigin(choice));
  }

  /**
   * Loads images and, once they are complete, builds a new run on them. Until then the current run goes on.
   * @param derivation how they are derived once they are loaded; by default as a link asks, or as they were before
   */
  async loadImages(origin: Origin, derivation?: Derivation): Promise<void> {
    await this.#withImages(() => this.#images.load(origin, undefined, derivation));
  }

  /**
   * Builds a new run, with the present settings, on images derived from those that were loaded; null: on all of them as they are. The batch
   * size is made to fit. The images and the run in use stay where there are too few, or where another load is under way.
   * @returns why they stayed, and what to do; null where a run was built
   */
  async trainOnDerived(derivation: Derivation | null): Promise<string | null> {
    const isBusy = this.datasetStore.getState().loading !== null;
    let problem: string | null = isBusy
      ? 'Other images are being loaded: wait until they are here.'
      : 'The images stay as they were, since the engine stopped or other images came between. Try again.';
    await this.#withImages(async () => {
      let outcome = await this.#images.derive(derivation);
      const fitting = outcome !== null && 'refusal' in outcome ? outcome.refusal.fittingBatch : null;
      if (fitting !== null) {
        this.set('batchSize', fitting);
        outcome = await this.#images.derive(derivation);
      }
      if (outcome !== null && 'refusal' in outcome) {
        problem = outcome.refusal.message;
        return null;
      }
      if (outcome !== null) problem = null;
      if (outcome !== null && fitting !== null) {
        notify(this.noticeStore, `The batch size is ${fitting} now: a run needs at least two batches of its images.`);
      }
      return outcome;
    });
    return problem;
  }

  /**
   * Opens a file that was dropped or chosen alone where it is a project file, a checkpoint or an encoder; loads images otherwise.
   * @param only that file; null where there is none
   */
  async take(origin: FilesOrigin, only: File | null): Promise<void> {
    if (only === null || !(await this.opening.open(only))) await this.loadImages(origin);
  }

  /** Loads images that are kept on this computer. Resolves with false where they are not, or cannot be read. */
  async openKept(fingerprint: string): Promise<boolean> {
    const origin = await this.keptImages.originOf(fingerprint);
    if (origin === null) return false;
    await this.loadImages(origin);
    return true;
  }

  /**
   * Corrects what a folder of the images in use is taken for, by its place in the plan; `role` null undoes its correction. Builds a new run
   * on the images.
   */
  async correctFolder(position: number, role: FolderRole | null): Promise<void> {
    await this.#withImages(() => this.#images.correct(position, role));
  }

  /** Sets a batch size for which the images that were refused are enough, and loads them. */
  async fitBatchSize(): Promise<void> {
    const { fittingBatch } = this.datasetStore.getState();
    const { refused } = this.#images;
    if (fittingBatch === null || refused === null) return;
    this.set('batchSize', fittingBatch);
    await this.#withImages(() => this.#images.load(refused.origin, refused.corrections));
  }

  async #withImages(load: () => Promise<DatasetInfo | null>): Promise<void> {
    const areFirst = this.runStore.getState().active === null;
    const info = await load();
    if (info === null) {
      this.#control.imagesFailed();
      return;
    }
    this.#takesFirstPart = false;
    this.#forgetBeginning(info);
    this.#settings.adaptToImages(info, areFirst, this.#images.wantedCount);
    // Train was pressed before any image was there.
    if (this.runStore.getState().intent !== null) this.#images.keepPart();
    void this.keptImages.imagesLoaded(this.#images.own);
    await this.#control.imagesReplaced();
  }

  /** Other images than those of the run that was to go on: a new run is built on them. */
  #forgetBeginning(info: DatasetInfo): void {
    const { beginning } = this.runStore.getState();
    if (beginning === null || picturesOf(beginning, info)) return;
    this.runStore.setState({ beginning: null });
    notify(this.noticeStore, `The run on “${beginning.dataset.name}” stays under Runs; this is a new one.`);
  }

  /** Loads the folder that a link asks for, where it is kept on this computer. */
  async #loadWanted(): Promise<void> {
    const { wanted } = this.datasetStore.getState();
    if (wanted === null) return;
    const origin = await this.keptImages.originOf(wanted.fingerprint);
    const { wanted: still, loading } = this.datasetStore.getState();
    // Meanwhile the person dropped something, or chose a sample.
    if (origin === null || still !== wanted || loading !== null) return;
    notify(this.noticeStore, `“${origin.title}” is loaded from this computer, where you kept it.`);
    await this.loadImages(origin);
  }

  cancelLoading(): void {
    this.#images.cancel();
  }

  train(): void {
    const { active, step } = this.runStore.getState();
    // Who comes back to a run relies on what the page stores.
    if (active !== null && active.reopenedAt === step) this.#options.persist?.();
    this.#images.keepPart();
    this.#control.train();
  }

  step(): void {
    this.#images.keepPart();
    this.#control.step();
  }

  pause(): void {
    this.#control.pause();
  }

  /** Ends the run and builds a new one at step 0 with the edited settings. Starts the engine again if it failed. */
  reset(): void {
    this.#control.reset();
  }

  /** Replaces the run by one with other settings. Resolves once it is built, or when it cannot be built. */
  replaceBy(config: RunConfig, intent: 'train' | null, plan: RunPlan = {}): Promise<void> {
    this.#settings.keepPreset();
    this.#images.keepPart();
    return this.#control.replaceBy(config, intent, plan);
  }

  /** Asks the worker for a checkpoint, since the page may be about to close. */
  keep(): void {
    this.#control.keep();
  }

  /** About how many bytes of memory a step with these settings needs; null where that cannot be had. */
  stepMemory(config: RunConfig): Promise<number | null> {
    return this.#control.stepMemory(config);
  }

  /** Evaluates the run's present weights by a linear classifier (`ProbeEvaluation`). */
  evaluate(): void {
    this.#control.evaluate();
  }

  cancelEvaluation(): void {
    this.#control.cancelEvaluation();
  }

  setQueries(queries: readonly number[]): void {
    this.#control.setQueries(queries);
  }

  /** Computes two augmented views of each image, without a run. */
  preview(
    augment: AugmentConfig,
    storage: PictureStorage,
    seed: number,
    indices: readonly number[],
  ): Promise<Replies['preview']> {
    return this.#engine.request<'preview'>({ type: 'preview', augment, storage, seed, indices });
  }

  /** The file of an image, where it is a person's own and the browser still has it; else null, or why not in words. */
  originalOf(image: number): Promise<Blob | string | null> {
    const { own } = this.#images;
    const name = this.datasetStore.getState().info?.names[image];
    if (own === null || name === undefined) return Promise.resolve(null);
    return originalOf(own.origin, name).catch(() => null);
  }

  /** Addresses of the code that the training worker has loaded; none where it has failed. */
  usedFiles(): Promise<readonly string[]> {
    return this.#engine.request<'usedFiles'>({ type: 'usedFiles' }).catch(() => []);
  }

  #keepingOf({ keptId, parent }: ActiveRun): RunKeeping | undefined {
    if (this.#options.checkpoints === undefined) return undefined;
    const { forksAt } = this.runStore.getState();
    const { budget } = this.keptRuns.store.getState();
    return { id: keptId, parent, dataset: identityOf(this.datasetStore.getState()), forksAt, budget };
  }

  get #config(): RunConfig {
    return this.runStore.getState().config;
  }

  /** The settings of the run that will be built on images of this origin. */
  #loadSettings(origin: Origin): LoadSettings {
    const base = origin === this.#next?.origin ? this.#next.config : this.#config;
    const config = rebasedOn(base, origin.kind === 'sample' ? origin.id : 'folder');
    const { imageSize, sourceSize, batchSize, sample, holdOut, labelRule } = config;
    const first = origin.kind === 'sample' ? origin.parts?.first : undefined;
    const isFirstPart = config.images === 0 && this.#takesFirstPart && first !== undefined;
    const images = isFirstPart ? first : config.images;
    return { imageSize, sourceSize, batchSize, images, isFirstPart, sample, holdOut, labelRule };
  }

  #reloadImages(): void {
    const { origin } = this.#images;
    if (origin !== null) void this.loadImages(origin);
  }
}
