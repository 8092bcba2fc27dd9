import { assembleDataset } from '../data/import/assembleDataset';
import { ImportError } from '../data/importError';
import type { DecodedFolder, FolderOutcome, FolderReading, LoadedImages } from '../domain/decodedFolder';
import { infoOf, type LoadedDataset } from '../domain/imageDataset';
import { type TrainingImages, trainingImages } from '../engine/images/pictureCache';
import { CommandError } from './errors';

/** The images in use, and what is needed to read their folders anew. */
export class HeldImages {
  #dataset: TrainingImages | null = null;
  #folder: DecodedFolder | null = null;
  #corrected: { readonly number: number; readonly dataset: LoadedDataset } | null = null;
  #readings = 0;

  /** Puts other images to use; the reader of the earlier ones is closed. */
  take({ dataset, decoded }: LoadedImages): void {
    if (this.#dataset !== null && 'reader' in this.#dataset) this.#dataset.reader.close();
    this.#dataset = trainingImages(dataset);
    this.#folder = decoded ?? null;
    this.#corrected = null;
  }

  get dataset(): TrainingImages {
    if (this.#dataset === null) {
      throw new CommandError('no-dataset', 'There are no images yet: choose a data set first.');
    }
    return this.#dataset;
  }

  /** Reads the folders of the images anew. Those in use stay until `takeCorrected`. */
  readFolders(reading: FolderReading): FolderOutcome {
    if (this.#folder === null) throw new CommandError('no-dataset', 'These images have no folders to be read again.');
    try {
      const { dataset, skipped, plan, decoded = this.#folder } = assembleDataset(this.#folder, reading);
      this.#folder = decoded;
      this.#readings += 1;
      this.#corrected = { number: this.#readings, dataset };
      return { number: this.#readings, info: infoOf(dataset), skipped, plan };
    } catch (error) {
      if (!(error instanceof ImportError)) throw error;
      const { message, skipped, fittingBatch } = error;
      return { refusal: { message, skipped, fittingBatch } };
    }
  }

  /** Puts a reading to use, unless it was followed by another one. */
  takeCorrected(number: number): void {
    if (this.#corrected?.number !== number) {
      throw new CommandError('internal', 'The folders were read again meanwhile.');
    }
    // The pictures, or their reader, are the same as before.
    this.#dataset = trainingImages(this.#corrected.dataset);
    this.#corrected = null;
  }
}
