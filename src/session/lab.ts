import type { ConfigPath } from '../domain/configPath';
import { figure2 } from '../domain/experiments/figure2';
import type { FolderRole } from '../domain/folderCorrections';
import type { DatasetInfo, PictureStorage } from '../domain/imageDataset';
import { placeIn } from '../domain/places';
import type { AugmentConfig, DatasetChoice, PresetName, RunConfig } from '../domain/runConfig';
import type { Replies } from '../protocol/commands';
import type { RunStorage } from '../storage/runStorage';
import { RunArchive } from './archive/runArchive';
import type { ImageLoaders, LoadSettings, Origin } from './data/datasetLoading';
import { createDatasetStore, NO_PROBLEM } from './data/datasetStore';
import { ImagesInUse } from './data/imagesInUse';
import type { Thumbnails } from './data/thumbnails';
import type { WorkerPort } from './engine/engineClient';
import { EngineSession } from './engine/engineSession';
import { createEngineStore } from './engine/engineStore';
import { ExperimentQueue } from './experiments/experimentQueue';
import { Frames } from './frames/frames';
import { Lessons } from './lessons/lessons';
import type { PageStorage } from './lessons/pageStorage';
import { createLessonLinkStore, type LessonLinkStore } from './link/lessonLinkStore';
import { openLink } from './link/link';
import { createPlaceStore, type PlaceStore } from './link/placeStore';
import { createNoticeStore, notify } from './noticeStore';
import { ChartClock, type Scheduler } from './run/chartClock';
import { rebasedOn } from './run/rebase';
import { RunControl } from './run/runControl';
import { createRunStore } from './run/runStore';
import { SampleRest } from './run/sampleRest';
import { SeriesSet } from './run/series';
import { Settings } from './run/settings';

/** Steps of each run of Figure 2: with the small presets the outputs collapse well before. */
const FIGURE_2_STEPS = 150;

export interface LabOptions {
  readonly openWorker: () => WorkerPort;
  readonly loaders: ImageLoaders;
  /** The origin of a sample's images, by its name in the settings. */
  readonly sampleOrigin: (choice: Exclude<DatasetChoice, 'folder'>) => Origin;
  readonly schedule?: Scheduler;
  /** The storage of runs; without it they are kept only while the page is open. */
  readonly storage?: RunStorage;
  /** The storage of a person's progress in lessons; without it, it is kept only while the page is open. */
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
  readonly experiments: ExperimentQueue;
  readonly lessons: Lessons;
  readonly clock: ChartClock;
  /** Whether the page was opened without settings in its address. */
  readonly isFirstVisit: boolean;

  readonly #options: LabOptions;
  readonly #engine: EngineSession;
  readonly #images: ImagesInUse;
  readonly #control: RunControl;
  readonly #settings: Settings;
  /** Whether the first part of a sample is enough for the next run: of a first visit, or on a sample that the person chose. */
  #takesFirstPart: boolean;

  constructor(hash: string, options: LabOptions) {
    const { run, notices, namesPreset, isFirstVisit } = openLink(hash);
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
    this.experiments = new ExperimentQueue(this);
    this.lessons = new Lessons(this, options.pageStorage ?? null);
    this.clock = new ChartClock(options.schedule);
    this.#engine = new EngineSession(this.engineStore, options.openWorker, {
      onSignal: (signal, runId) => this.#control.receive(signal, runId),
      onError: (error, runId) => this.#control.fail(error, runId),
      onNotice: (text) => notify(this.noticeStore, text),
    });
    this.#images = new ImagesInUse(this, {
      engine: this.#engine,
      loaders: options.loaders,
      settings: (origin) => this.#loadSettings(origin),
      leaveImages: () => this.#control.leaveImages(),
    });
    this.#control = new RunControl(this, {
      engine: this.#engine,
      images: this.#images,
      adaptSettings: () => this.#settings.adaptToEngine(),
      reloadImages: () => this.#reloadImages(),
    });
    this.#settings = new Settings(this.runStore, this.engineStore, this.#control, isFirstVisit);
    new SampleRest(this, {
      join: () => this.#withImages(() => this.#images.join()),
      download: (id) => this.#images.download(id),
    });
    this.#images.waitFor(run.folder);
    if (namesPreset) this.#settings.keepPreset();
  }

  get thumbnails(): Thumbnails {
    return this.#images.thumbnails;
  }

  /** Starts the engine and loads the data set at the same time; the run is built when both are ready. */
  start(): void {
    const { dataset, engine } = this.#config;
    void this.#engine.ensure(engine).then((ready) => {
      if (!ready) return;
      this.#settings.adaptToEngine();
      this.#control.prepare();
    });
    if (dataset !== 'folder') void this.loadImages(this.#options.sampleOrigin(dataset));
    void this.lessons.start();
  }

  /** Opens another link in the same page. Notices name the settings that cannot be read. */
  open(hash: string): void {
    const { run, notices } = openLink(hash);
    this.#takesFirstPart = false;
    this.#images.keepPart();
    this.#settings.keepPreset();
    this.noticeStore.setState({ notices: [] });
    for (const notice of notices) notify(this.noticeStore, notice);
    // What was said of an earlier drop does not concern this link.
    this.datasetStore.setState(NO_PROBLEM);
    const { dataset } = run.config;
    const sample = dataset === 'folder' || dataset === this.#config.dataset ? null : dataset;
    const isReadAgain = this.#images.waitFor(run.folder);
    this.#control.open(run.config, run.changes, sample !== null || isReadAgain);
    if (sample !== null) void this.loadImages(this.#options.sampleOrigin(sample));
    else if (isReadAgain) this.#reloadImages();
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

  /** Loads images and, once they are complete, builds a new run on them. Until then the current run goes on. */
  async loadImages(origin: Origin): Promise<void> {
    await this.#withImages(() => this.#images.load(origin));
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
    this.#settings.adaptToImages(info, areFirst, this.#images.wantedCount);
    // Train was pressed before any image was there.
    if (this.runStore.getState().intent !== null) this.#images.keepPart();
    await this.#control.imagesReplaced();
  }

  cancelLoading(): void {
    this.#images.cancel();
  }

  train(): void {
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
  replaceBy(config: RunConfig, intent: 'train' | null): Promise<void> {
    this.#settings.keepPreset();
    this.#images.keepPart();
    return this.#control.replaceBy(config, intent);
  }

  /** Evaluates the run's present weights by a linear classifier (`ProbeEvaluation`). */
  evaluate(): void {
    this.#control.evaluate();
  }

  cancelEvaluation(): void {
    this.#control.cancelEvaluation();
  }

  /**
   * Figure 2 of the paper: trains with and without stop-gradient, and shows the outputs of both side by side. The run on the page ends and is
   * kept. Resolves when both have ended.
   */
  async showFigure2(): Promise<void> {
    const { experiments, frames } = this;
    let beside: string | null = null;
    const unsubscribe = experiments.store.subscribe(({ runs: [first] }) => {
      const kept = first?.kept ?? null;
      if (kept === null || kept === beside) return;
      beside = kept;
      void frames.compare(kept);
    });
    frames.close();
    await frames.compare(null);
    await experiments.start(figure2, FIGURE_2_STEPS);
    unsubscribe();
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

  /** Addresses of the code that the training worker has loaded; none where it has failed. */
  usedFiles(): Promise<readonly string[]> {
    return this.#engine.request<'usedFiles'>({ type: 'usedFiles' }).catch(() => []);
  }

  get #config(): RunConfig {
    return this.runStore.getState().config;
  }

  /** The settings of the run that will be built on images of this origin. */
  #loadSettings(origin: Origin): LoadSettings {
    const config = rebasedOn(this.#config, origin.kind === 'sample' ? origin.id : 'folder');
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
