import { deriveImages } from '../data/deriveImages';
import { assembleDataset } from '../data/import/assembleDataset';
import { groupPictures } from '../data/import/pictureGroups';
import { ImportError } from '../data/importError';
import type {
  DecodedFolder,
  DeriveOutcome,
  DeriveReading,
  FolderOutcome,
  FolderReading,
  FolderRefusal,
  LoadedImages,
} from '../domain/decodedFolder';
import type { Derivation } from '../domain/derivation';
import { infoOf, type LoadedDataset } from '../domain/imageDataset';
import { type TrainingImages, trainingImages } from '../engine/images/pictureCache';
import { CommandError } from './errors';

/** The images in use, and what is needed to read their folders anew, or to use some of them only. */
export class HeldImages {
  #dataset: TrainingImages | null = null;
  /** The data set as it was loaded, from which the one in use may be derived. */
  #whole: LoadedDataset | null = null;
  #folder: DecodedFolder | null = null;
  /** What was made of the images in use and may take their place; `whole` where it is not derived. */
  #next: { readonly number: number; readonly dataset: LoadedDataset; readonly whole: LoadedDataset } | null = null;
  #readings = 0;

  /** Puts other images to use; the reader of the earlier ones is closed. */
  take({ dataset, decoded }: LoadedImages): void {
    if (this.#dataset !== null && 'reader' in this.#dataset) this.#dataset.reader.close();
    this.#dataset = trainingImages(dataset);
    this.#whole = dataset;
    this.#folder = decoded ?? null;
    this.#next = null;
  }

  get dataset(): TrainingImages {
    if (this.#dataset === null) {
      throw new CommandError('no-dataset', 'There are no images yet: choose a data set first.');
    }
    return this.#dataset;
  }

  /** Reads the folders of the images anew. Those in use stay until `takeNext`. */
  readFolders(reading: FolderReading): FolderOutcome {
    if (this.#folder === null) throw new CommandError('no-dataset', 'These images have no folders to be read again.');
    const outcome = refusable(assembleDataset, this.#folder, reading);
    if ('refusal' in outcome) return outcome;
    const { dataset, skipped, plan, decoded = this.#folder } = outcome;
    this.#folder = decoded;
    return { number: this.#prepare(dataset, dataset), info: infoOf(dataset), skipped, plan };
  }

  /** Derives images from those that were loaded; null: all of them as they are. Those in use stay until `takeNext`. */
  derive(derivation: Derivation | null, reading: DeriveReading): DeriveOutcome {
    const whole = this.#whole;
    if (whole === null) throw new CommandError('no-dataset', 'There are no images yet: choose a data set first.');
    if (derivation === null) return { number: this.#prepare(whole, whole), info: infoOf(whole), notes: [] };
    const outcome = refusable(deriveImages, whole, derivation, { ...reading, groups: () => this.#groups(whole) });
    if ('refusal' in outcome) return outcome;
    const { dataset, notes } = outcome;
    return { number: this.#prepare(dataset, whole), info: infoOf(dataset), notes };
  }

  /** The group of each image: pictures that show the same. Those of a sample are each one of its own. */
  #groups(whole: LoadedDataset): Uint32Array {
    const pictures = this.#folder?.pictures;
    const known = pictures?.groups ?? null;
    if (pictures === undefined || known === null) {
      // A sample has no twins.
      if ('reader' in whole || whole.facts === null) return Uint32Array.from(whole.names.keys());
      return groupPictures(whole);
    }
    if ('reader' in whole) return whole.numbers.map((number) => known[number]);
    if ('reader' in pictures) throw new Error('pictures in memory of a folder that is kept compressed');
    const groupAt = new Map(Array.from(pictures.offsets, (offset, i) => [offset, known[i]]));
    return whole.offsets.map((offset) => groupAt.get(offset) ?? 0);
  }

  #prepare(dataset: LoadedDataset, whole: LoadedDataset): number {
    this.#readings += 1;
    this.#next = { number: this.#readings, dataset, whole };
    return this.#readings;
  }

  /** Puts what `readFolders` or `derive` made to use, unless it was followed by another one. */
  takeNext(number: number): void {
    if (this.#next?.number !== number) {
      throw new CommandError('internal', 'Other images were asked for meanwhile.');
    }
    const { dataset, whole } = this.#next;
    // The pictures, or their reader, are the same as before.
    this.#dataset = trainingImages(dataset);
    this.#whole = whole;
    this.#next = null;
  }
}

/** What `make` returns, or why it refuses. */
function refusable<A extends readonly unknown[], T extends object>(
  make: (...given: A) => T,
  ...given: A
): T | { readonly refusal: FolderRefusal } {
  try {
    return make(...given);
  } catch (error) {
    if (!(error instanceof ImportError)) throw error;
    const { message, skipped, fittingBatch } = error;
    return { refusal: { message, skipped, fittingBatch } };
  }
}
