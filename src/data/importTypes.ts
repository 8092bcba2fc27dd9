import type { FolderReading, LoadedImages } from '../domain/decodedFolder';
import type { FolderPlan } from '../domain/folderPlan';
import type { PictureReader, PictureStorage, SkippedFile } from '../domain/imageDataset';

/**
 * Which labelled images are held out where the folders name no test set. Not the run's seed: runs with different seeds
 * must be judged on the same images.
 */
export const HOLD_OUT_SEED = 1;

export interface ImportProgress {
  /**
   * `listing` while files are still being found and archives opened (`total` grows; the first files are already decoded), then `decoding`
   * the rest, then `comparing` the pictures where some are to be held out, from 0 again.
   */
  readonly phase: 'listing' | 'decoding' | 'comparing';
  /** Files processed, including skipped ones; during `listing` without those that need no decoding. */
  readonly done: number;
  readonly total: number;
  readonly skipped: number;
  /** Files per second over the last few seconds; 0 until it is known. */
  readonly imagesPerSecond: number;
  /** null until it is known. */
  readonly remainingSeconds: number | null;
}

export interface ImportSettings extends PictureStorage, FolderReading {
  /** Bytes of decoded pictures above which all are kept compressed; `DECODED_LIMIT` by default. */
  readonly decodedLimit?: number;
}

export interface ImportOptions extends ImportSettings {
  /** Called at most about ten times a second. */
  readonly onProgress?: (progress: ImportProgress) => void;
  /** Aborting ends all workers and rejects the promise with the signal's reason. */
  readonly signal?: AbortSignal;
}

/** @typeParam R what decodes pictures that are kept compressed; on the page the port to it */
export interface ImportResult<R = PictureReader> extends LoadedImages<R> {
  /** Every file that is not in the data set, by path; hidden and system files are not mentioned. */
  readonly skipped: readonly SkippedFile[];
  /** How the folders were read; null for a sample. */
  readonly plan: FolderPlan | null;
}
