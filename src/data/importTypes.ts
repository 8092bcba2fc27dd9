import type { ImageDataset, ImageSize, SkippedFile } from '../domain/imageDataset';

/**
 * Which labelled images are held out where the folders name no test set. Not the run's seed: runs with different seeds
 * must be judged on the same images.
 */
export const HOLD_OUT_SEED = 1;

export interface ImportProgress {
  /** `listing` while files are handed over and archives opened (`total` may still grow), then `decoding`, from 0 again. */
  readonly phase: 'listing' | 'decoding';
  /** Files dealt with, the skipped ones included. */
  readonly done: number;
  readonly total: number;
  readonly skipped: number;
  /** Files per second over the last few seconds; 0 until it is known. */
  readonly imagesPerSecond: number;
  /** null until it is known. */
  readonly remainingSeconds: number | null;
}

export interface ImportSettings {
  /** Side in pixels at which every image is stored. */
  readonly size: ImageSize;
  /** Seeds the choice of the images held out for kNN where the folders name no test set. */
  readonly seed: number;
  /** Fewer images than two batches of this size cannot be trained on. */
  readonly batchSize: number;
}

export interface ImportOptions extends ImportSettings {
  /** At most some ten calls a second. */
  readonly onProgress?: (progress: ImportProgress) => void;
  /** Aborting ends all workers and rejects the promise with the signal's reason. */
  readonly signal?: AbortSignal;
}

export interface ImportResult {
  readonly dataset: ImageDataset;
  /** Every file that is not in the data set, by path; hidden and system files are not mentioned. */
  readonly skipped: readonly SkippedFile[];
}
