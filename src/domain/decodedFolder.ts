import type { FolderCorrections } from './folderCorrections';
import type { FolderPlan } from './folderPlan';
import type {
  DatasetInfo,
  KeptShapes,
  LoadedDataset,
  PictureFacts,
  PicturePlaces,
  PictureReader,
  SkippedFile,
} from './imageDataset';
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
  /** How many images to use (the setting `images`); all where left out. */
  readonly images?: number;
}

/** Files that are not in a data set, with reasons. */
export interface SkipList {
  readonly files: readonly SkippedFile[];
  /** The first archive among them, whose reason tells more than those of the files beside it; null where there is none. */
  readonly archive: SkippedFile | null;
}

/** All pictures of a folder in memory. */
export interface DecodedPictures extends PicturePlaces {
  readonly pixels: Uint8Array;
  readonly facts: PictureFacts;
  /** The group of each picture (pictures that show the same); null until it was needed. */
  readonly groups: Uint32Array | null;
}

/** All pictures of a folder that is kept compressed; the reader knows them by their indices. */
export interface KeptPictures<R> extends KeptShapes {
  readonly reader: R;
  readonly facts: PictureFacts;
  /** As above; always known, since what pictures are compared by is not kept. */
  readonly groups: Uint32Array;
}

/**
 * Everything that was decoded of a person's own folder, including pictures that are left out of the data set: enough to read the folders
 * anew, by other corrections, without decoding. The data set shares the pixels, or the reader.
 * @typeParam R what decodes pictures that are kept compressed; between page and worker the port to it
 */
export interface DecodedFolder<R = PictureReader> {
  readonly name: string;
  /** Full paths of the pictures' files, in the order of the pictures. */
  readonly paths: readonly string[];
  /** Sizes of these files in bytes. */
  readonly sizes: Float64Array;
  readonly pictures: DecodedPictures | KeptPictures<R>;
  /** The files that could not be decoded. */
  readonly skips: SkipList;
}

/** A data set, and what was decoded of its folder; missing for a sample. */
export interface LoadedImages<R = PictureReader> {
  readonly dataset: LoadedDataset<R>;
  readonly decoded?: DecodedFolder<R> | undefined;
}

/** The same images with another reader, if they have one; `replace` is called once, since data set and folder share theirs. */
export function withReader<R, S extends object>(
  { dataset, decoded }: LoadedImages<R>,
  replace: (reader: R) => S,
): LoadedImages<S> {
  let other: S | undefined;
  const replaced = <T extends { readonly reader: R }>(pictures: T) => {
    other ??= replace(pictures.reader);
    return { ...pictures, reader: other };
  };
  return {
    dataset: 'reader' in dataset ? replaced(dataset) : dataset,
    decoded: decoded && {
      ...decoded,
      pictures: 'reader' in decoded.pictures ? replaced(decoded.pictures) : decoded.pictures,
    },
  };
}

/** How images are derived from those that were loaded, besides the derivation itself. */
export type DeriveReading = Pick<FolderReading, 'seed' | 'holdOut' | 'batchSize'>;

/** Why images cannot be trained on as they are read or derived. */
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

/** The outcome of deriving images. */
export type DeriveOutcome =
  | {
      /** Names it, for the command that puts it to use. */
      readonly number: number;
      readonly info: DatasetInfo;
      /** What the person should know about its splits, in sentences. */
      readonly notes: readonly string[];
    }
  | { readonly refusal: FolderRefusal };
