import { assembleDataset } from '../data/import/assembleDataset';
import { ImportError } from '../data/importError';
import type { DecodedFolder, FolderOutcome, FolderReading } from '../domain/decodedFolder';
import type { ImageDataset } from '../domain/imageDataset';
import { CommandError } from './errors';

/** The images in use, and what is needed to read their folders anew. */
export class HeldImages {
  #dataset: ImageDataset | null = null;
  #folder: DecodedFolder | null = null;
  #corrected: { readonly number: number; readonly dataset: ImageDataset } | null = null;
  #readings = 0;

  take(dataset: ImageDataset, folder: DecodedFolder | null): void {
    this.#dataset = dataset;
    this.#folder = folder;
    this.#corrected = null;
  }

  get dataset(): ImageDataset {
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
      const { name, source, size, count, names, labels, classNames, split } = dataset;
      const info = { name, source, size, count, names, labels, classNames, split };
      return { number: this.#readings, info, skipped, plan };
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
    this.#dataset = this.#corrected.dataset;
    this.#corrected = null;
  }
}
