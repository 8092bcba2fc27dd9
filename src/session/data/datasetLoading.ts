import { closePictures } from '../../data/import/picturePort';
import { ImportError } from '../../data/importError';
import { HOLD_OUT_SEED, type ImportOptions, type ImportResult } from '../../data/importTypes';
import type { LoadSampleOptions } from '../../data/samples';
import type { ImageSources } from '../../data/sources';
import type { FolderOutcome, FolderReading, LoadedImages } from '../../domain/decodedFolder';
import type { FolderPlan } from '../../domain/folderPlan';
import {
  type DatasetInfo,
  type ImageDataset,
  infoOf,
  type PictureStorage,
  type SampleId,
  type SampleVersion,
  type SkippedFile,
} from '../../domain/imageDataset';
import type { HoldOut, LabelRule } from '../../domain/runConfig';
import { EngineFailure } from '../engine/engineClient';
import { type DatasetStore, type LoadProblem, NO_PROBLEM } from './datasetStore';

/** The ways to load images. The page uses `src/data`; tests supply synthetic images. */
export interface ImageLoaders {
  loadSample(id: SampleId, options: LoadSampleOptions): Promise<ImageDataset>;
  /** Downloads all but the first part of a sample, so that they are there when the whole sample is loaded. */
  fetchRest(id: SampleId): Promise<void>;
  importImages(sources: ImageSources, options: ImportOptions): Promise<ImportResult<MessagePort>>;
  /** The images in a project file. */
  importProject(file: File, options: ImportOptions): Promise<ImportResult<MessagePort>>;
}

/** Where images come from; kept, so that they can be loaded again at another size, or for a new worker. */
export type Origin =
  | {
      readonly kind: 'sample';
      readonly title: string;
      readonly id: SampleId;
      /** Images of the sample, and of its first part, where it is packed in several. */
      readonly parts?: { readonly total: number; readonly first: number };
    }
  | FilesOrigin
  | ProjectOrigin;

/** A person's own files. */
export interface FilesOrigin {
  readonly kind: 'files';
  readonly title: string;
  collect(): Promise<ImageSources>;
}

/** A project file that holds the images of its run. */
export interface ProjectOrigin {
  readonly kind: 'project';
  readonly title: string;
  readonly file: File;
}

export interface LoadSettings extends PictureStorage {
  readonly batchSize: number;
  /** How many images to load; 0 for all. */
  readonly images: number;
  /** Whether these are a first part in place of all images, which the page loads later. */
  readonly isFirstPart: boolean;
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

/** The worker that holds the images in use. */
export interface ImageHolder {
  /** Transfers images to the worker, which uses them from then on. */
  take(images: LoadedImages<MessagePort>): Promise<void>;
  /** Reads the folders of the images in use anew. */
  readFolders(reading: FolderReading): Promise<FolderOutcome>;
  /** Puts the outcome of `readFolders` to use. */
  takeNext(number: number, count: number): Promise<void>;
}

/** Images that were read but are not in use yet. */
interface ReadDataset {
  readonly info: DatasetInfo;
  readonly isCompressed: boolean;
  readonly skipped: readonly SkippedFile[];
  readonly plan: FolderPlan | null;
  use(): Promise<void>;
}

/** Loads one data set at a time: a new load cancels the previous one. The data set in use stays until the worker has the new one. */
export class DatasetLoading {
  readonly #store: DatasetStore;
  readonly #loaders: ImageLoaders;
  readonly #holder: ImageHolder;
  #current: AbortController | null = null;

  constructor(store: DatasetStore, loaders: ImageLoaders, holder: ImageHolder) {
    this.#store = store;
    this.#loaders = loaders;
    this.#holder = holder;
  }

  /**
   * Loads a data set. The store holds why the images were refused.
   * @param areHeld whether the worker has these images, so that only their folders need to be read
   * @param shown why another load failed, which stays shown whatever becomes of this one
   * @param isQuiet whether neither progress nor failure is shown
   */
  async load(
    origin: Origin,
    settings: LoadSettings,
    corrections: Corrections,
    areHeld: boolean,
    shown = NO_PROBLEM,
    isQuiet = false,
  ): Promise<LoadOutcome> {
    this.#current?.abort();
    const controller = new AbortController();
    this.#current = controller;
    const unit = origin.kind === 'sample' ? 'bytes' : 'images';
    if (!isQuiet) {
      this.#store.setState({
        ...shown,
        correcting: corrections.corrections ?? null,
        loading: { name: origin.title, done: 0, total: null, unit, rate: null, remaining: null },
      });
    }
    try {
      const all = { ...settings, ...corrections };
      const read = areHeld ? this.#readFolders(all) : this.#read(origin, all, controller.signal);
      const { use, ...images } = await read;
      controller.signal.throwIfAborted();
      await use();
      this.#store.setState(images);
      return images.info;
    } catch (error) {
      // The page shows errors of the engine elsewhere, with the engine's state.
      if (controller.signal.aborted || error instanceof EngineFailure) return 'interrupted';
      if (shown.problem === null && !isQuiet) this.#store.setState(problemOf(error));
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

  async #read(origin: Origin, settings: LoadSettings & Corrections, signal: AbortSignal): Promise<ReadDataset> {
    const { dataset, skipped, plan, decoded } = await this.#load(origin, settings, signal);
    const isCompressed = 'reader' in dataset;
    if (signal.aborted && isCompressed) closePictures(dataset.reader);
    const use = () => this.#holder.take({ dataset, decoded });
    return { info: infoOf(dataset), isCompressed, skipped, plan, use };
  }

  async #readFolders(settings: LoadSettings & Corrections): Promise<ReadDataset> {
    const { holdOut, labelRule, batchSize, images: wanted, corrections = [], correctionsFor } = settings;
    const reading = { seed: HOLD_OUT_SEED, holdOut, labelRule, batchSize, images: wanted, corrections, correctionsFor };
    const outcome = await this.#holder.readFolders(reading);
    if ('refusal' in outcome) {
      const { message, skipped, fittingBatch } = outcome.refusal;
      throw new ImportError(message, skipped, fittingBatch);
    }
    const { number, ...images } = outcome;
    const { isCompressed } = this.#store.getState();
    return { ...images, isCompressed, use: () => this.#holder.takeNext(number, images.info.count) };
  }

  async #load(
    origin: Origin,
    { sample, isFirstPart: _, ...settings }: LoadSettings & Corrections,
    signal: AbortSignal,
  ): Promise<ImportResult<MessagePort>> {
    if (origin.kind === 'sample') {
      const onProgress: LoadSampleOptions['onProgress'] = ({ loadedBytes, totalBytes }) =>
        this.#report(signal, { done: loadedBytes, total: totalBytes, rate: null, remaining: null });
      const { sourceSize, imageSize, images } = settings;
      const storage = { sourceSize, imageSize };
      const options = { version: sample, storage, images, onProgress, signal };
      const dataset = await this.#loaders.loadSample(origin.id, options);
      return { dataset, skipped: [], plan: null };
    }
    const onProgress: ImportOptions['onProgress'] = ({ phase, done, total, imagesPerSecond, remainingSeconds }) =>
      this.#report(signal, {
        done: phase === 'listing' ? total : done,
        total: phase === 'listing' ? null : total,
        rate: imagesPerSecond > 0 ? imagesPerSecond : null,
        remaining: remainingSeconds,
      });
    const options = { ...settings, seed: HOLD_OUT_SEED, onProgress, signal };
    if (origin.kind === 'project') return this.#loaders.importProject(origin.file, options);
    const sources = await origin.collect();
    signal.throwIfAborted();
    return this.#loaders.importImages(sources, options);
  }

  #report(
    signal: AbortSignal,
    progress: { done: number; total: number | null; rate: number | null; remaining: number | null },
  ): void {
    const { loading } = this.#store.getState();
    if (!signal.aborted && loading !== null) this.#store.setState({ loading: { ...loading, ...progress } });
  }
}
