import { closePictures } from '../../data/import/picturePort';
import { ImportError } from '../../data/importError';
import { HOLD_OUT_SEED, type ImportOptions, type ImportResult } from '../../data/importTypes';
import type { LoadSampleOptions } from '../../data/samples';
import type { ImageSources } from '../../data/sources';
import type {
  DatasetInfo,
  ImageDataset,
  LoadedDataset,
  PictureStorage,
  SampleId,
  SampleVersion,
} from '../../domain/imageDataset';
import type { HoldOut, LabelRule } from '../../domain/runConfig';
import { EngineFailure } from '../engine/engineClient';
import { type DatasetStore, type LoadProblem, NO_PROBLEM } from './datasetStore';

/** The two ways to load images. The page uses `src/data`; tests supply synthetic images. */
export interface ImageLoaders {
  loadSample(id: SampleId, options: LoadSampleOptions): Promise<ImageDataset>;
  importImages(sources: ImageSources, options: ImportOptions): Promise<ImportResult<MessagePort>>;
}

/** Where images come from; kept, so that they can be loaded again at another size, or for a new worker. */
export type Origin =
  | { readonly kind: 'sample'; readonly title: string; readonly id: SampleId }
  | { readonly kind: 'files'; readonly title: string; collect(): Promise<ImageSources> };

export interface LoadSettings extends PictureStorage {
  readonly batchSize: number;
  /** The version of a sample; has no effect on files. */
  readonly sample: SampleVersion;
  /** How files are held out; has no effect on samples. */
  readonly holdOut: HoldOut;
  /** How folders are read; has no effect on samples. */
  readonly labelRule: LabelRule;
}

/** How a load ended: the data set is in use; the images were refused; it was cancelled, replaced, or stopped by the engine. */
export type LoadOutcome = DatasetInfo | 'refused' | 'interrupted';

/** Corrections of folders to carry out, and the fingerprint of the images that they are for, if they are for certain ones. */
export type Corrections = Pick<ImportOptions, 'corrections' | 'correctionsFor'>;

function problemOf(error: unknown): LoadProblem {
  if (error instanceof ImportError) {
    return { problem: error.message, problemFiles: error.skipped, fittingBatch: error.fittingBatch };
  }
  const reason = error instanceof Error ? error.message : String(error);
  return { ...NO_PROBLEM, problem: `The images could not be loaded: ${reason}` };
}

function withoutPixels({
  name,
  source,
  size,
  count,
  names,
  labels,
  classNames,
  split,
}: LoadedDataset<MessagePort>): DatasetInfo {
  return { name, source, size, count, names, labels, classNames, split };
}

/** Loads one data set at a time: a new load cancels the previous one. The data set in use stays until the worker has the new one. */
export class DatasetLoading {
  readonly #store: DatasetStore;
  readonly #loaders: ImageLoaders;
  readonly #handOver: (dataset: LoadedDataset<MessagePort>) => Promise<void>;
  #current: AbortController | null = null;

  /** @param handOver transfers the pixels to the worker */
  constructor(
    store: DatasetStore,
    loaders: ImageLoaders,
    handOver: (dataset: LoadedDataset<MessagePort>) => Promise<void>,
  ) {
    this.#store = store;
    this.#loaders = loaders;
    this.#handOver = handOver;
  }

  /**
   * Loads a data set. The store holds why the images were refused.
   * @param shown why another load failed, which stays shown whatever becomes of this one
   */
  async load(
    origin: Origin,
    settings: LoadSettings,
    corrections: Corrections = {},
    shown = NO_PROBLEM,
  ): Promise<LoadOutcome> {
    this.#current?.abort();
    const controller = new AbortController();
    this.#current = controller;
    const unit = origin.kind === 'sample' ? 'bytes' : 'images';
    this.#store.setState({
      ...shown,
      correcting: corrections.corrections ?? null,
      loading: { name: origin.title, done: 0, total: null, unit, rate: null, remaining: null },
    });
    try {
      const { dataset, skipped, plan } = await this.#read(origin, { ...settings, ...corrections }, controller.signal);
      if (controller.signal.aborted && 'reader' in dataset) closePictures(dataset.reader);
      controller.signal.throwIfAborted();
      const info = withoutPixels(dataset);
      await this.#handOver(dataset);
      this.#store.setState({ info, skipped, plan, isCompressed: 'reader' in dataset });
      return info;
    } catch (error) {
      // The page shows errors of the engine elsewhere, with the engine's state.
      if (controller.signal.aborted || error instanceof EngineFailure) return 'interrupted';
      if (shown.problem === null) this.#store.setState(problemOf(error));
      return 'refused';
    } finally {
      if (this.#current === controller) {
        this.#current = null;
        this.#store.setState({ loading: null, correcting: null });
      }
    }
  }

  /** Cancels the current load, if there is one. */
  cancel(): void {
    this.#current?.abort();
  }

  async #read(
    origin: Origin,
    { sample, ...settings }: LoadSettings & Corrections,
    signal: AbortSignal,
  ): Promise<ImportResult<MessagePort>> {
    if (origin.kind === 'sample') {
      const onProgress: LoadSampleOptions['onProgress'] = ({ loadedBytes, totalBytes }) =>
        this.#report(signal, { done: loadedBytes, total: totalBytes, rate: null, remaining: null });
      const { sourceSize, imageSize } = settings;
      const storage = { sourceSize, imageSize };
      const dataset = await this.#loaders.loadSample(origin.id, { version: sample, storage, onProgress, signal });
      return { dataset, skipped: [], plan: null };
    }
    const sources = await origin.collect();
    signal.throwIfAborted();
    const onProgress: ImportOptions['onProgress'] = ({ phase, done, total, imagesPerSecond, remainingSeconds }) =>
      this.#report(signal, {
        done: phase === 'listing' ? total : done,
        total: phase === 'listing' ? null : total,
        rate: imagesPerSecond > 0 ? imagesPerSecond : null,
        remaining: remainingSeconds,
      });
    return this.#loaders.importImages(sources, { ...settings, seed: HOLD_OUT_SEED, onProgress, signal });
  }

  #report(
    signal: AbortSignal,
    progress: { done: number; total: number | null; rate: number | null; remaining: number | null },
  ): void {
    const { loading } = this.#store.getState();
    if (!signal.aborted && loading !== null) this.#store.setState({ loading: { ...loading, ...progress } });
  }
}
