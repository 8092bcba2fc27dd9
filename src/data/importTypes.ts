import type { DecodedFolder, FolderReading } from '../domain/decodedFolder';
import type { FolderPlan } from '../domain/folderPlan';
import type { ImageDataset, PictureStorage, SkippedFile } from '../domain/imageDataset';

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

export interface ImportSettings extends PictureStorage, FolderReading {}

export interface ImportOptions extends ImportSettings {
  /** Called at most about ten times a second. */
  readonly onProgress?: (progress: ImportProgress) => void;
  /** Aborting ends all workers and rejects the promise with the signal's reason. */
  readonly signal?: AbortSignal;
}

export interface ImportResult {
  readonly dataset: ImageDataset;
  /** Every file that is not in the data set, by path; hidden and system files are not mentioned. */
  readonly skipped: readonly SkippedFile[];
  /** How the folders were read; null for a sample. */
  readonly plan: FolderPlan | null;
  /** What was decoded, for reading the folders anew by other corrections; missing for a sample. */
  readonly decoded?: DecodedFolder;
}
