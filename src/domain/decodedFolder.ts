import type { FolderCorrections } from './folderCorrections';
import type { FolderPlan } from './folderPlan';
import type { DatasetInfo, PictureFacts, PicturePlaces, SkippedFile } from './imageDataset';
import type { HoldOut, LabelRule } from './runConfig';

/** How the folders of a person's own images are read. */
export interface FolderReading {
  /** Seed by which images are held out for kNN where the folders name no test set. */
  readonly seed: number;
  /** By which rule (the setting `holdOut`). */
  readonly holdOut: HoldOut;
  /** How the names of folders are read (the setting `labelRule`). */
  readonly labelRule: LabelRule;
  /** A person's corrections of what folders are taken for. */
  readonly corrections?: FolderCorrections;
  /** The fingerprint of the images that the corrections were made for; for other images they are ignored. Without it they are used for any. */
  readonly correctionsFor?: string | undefined;
  /** A run needs at least two batches of this size. */
  readonly batchSize: number;
}

/** Files that are not in a data set, with reasons. */
export interface SkipList {
  readonly files: readonly SkippedFile[];
  /** The first archive among them, whose reason tells more than those of the files beside it; null where there is none. */
  readonly archive: SkippedFile | null;
}

/**
 * Everything that was decoded of a person's own folder, including pictures that are left out of the data set: enough to read the folders
 * anew, by other corrections, without decoding. The data set shares the pixels.
 */
export interface DecodedFolder {
  readonly name: string;
  /** Full paths of the pictures' files, in the order of the pictures. */
  readonly paths: readonly string[];
  /** Sizes of these files in bytes. */
  readonly sizes: Float64Array;
  readonly pictures: PicturePlaces & { readonly pixels: Uint8Array; readonly facts: PictureFacts };
  /** The files that could not be decoded. */
  readonly skips: SkipList;
  /** The group of each picture (pictures that show the same); null until it was needed. */
  readonly groups: Uint32Array | null;
}

/** Why a folder cannot be trained on as it is read. */
export interface FolderRefusal {
  readonly message: string;
  readonly skipped: readonly SkippedFile[];
  readonly fittingBatch: number | null;
}

/** The outcome of reading folders anew. */
export type FolderOutcome =
  | {
      /** Names this reading, for the command that puts it to use. */
      readonly number: number;
      readonly info: DatasetInfo;
      readonly skipped: readonly SkippedFile[];
      readonly plan: FolderPlan | null;
    }
  | { readonly refusal: FolderRefusal };
