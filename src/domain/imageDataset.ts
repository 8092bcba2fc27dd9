import type { Derivation } from './derivation';

/** Sides in pixels of the square images that the network gets. */
export const IMAGE_SIZES = [32, 48, 64, 96, 128, 160, 192, 224] as const;
export type ImageSize = (typeof IMAGE_SIZES)[number];

/**
 * How pictures are kept: whole, with a short side of at most so many pixels, or, as in earlier versions, as centre squares at the image
 * size.
 */
export const SOURCE_SIZES = ['square', 32, 48, 64, 96, 128, 160, 192, 224, 256] as const;
export type SourceSize = (typeof SOURCE_SIZES)[number];

/** The settings that decide which pixels of a picture are kept. */
export interface PictureStorage {
  readonly sourceSize: SourceSize;
  readonly imageSize: ImageSize;
}

/** A longer picture keeps its middle part: at most so many times as long as its short side. */
export const LONGEST_RATIO = 8;

export const SAMPLE_IDS = ['fashion-mnist', 'emoji-3d'] as const;
export type SampleId = (typeof SAMPLE_IDS)[number];

/** The versions that a sample may have. */
export const ALL_SAMPLE_VERSIONS = [1, 2] as const;
export type SampleVersion = (typeof ALL_SAMPLE_VERSIONS)[number];

/** The newest version of each sample; raised when its images, labels or split change. Earlier versions stay available. */
export const SAMPLE_VERSIONS: Readonly<Record<SampleId, SampleVersion>> = { 'fashion-mnist': 1, 'emoji-3d': 2 };

/** The origin of a data set; for a person's own images, only what a link needs to ask for them again. */
export type DatasetSource =
  | { readonly kind: 'sample'; readonly id: SampleId; readonly license: string }
  | { readonly kind: 'folder'; readonly name: string; readonly count: number; readonly fingerprint: string };

/** `split` values. Test images are never trained on; they are the queries of the kNN monitor. */
export const TRAIN = 0;
export const TEST = 1;
/** Test images that vote in kNN instead of being queries: half of the labelled ones where no training image has a label. */
export const BANK = 2;
export type Split = typeof TRAIN | typeof TEST | typeof BANK;

/** Label of an image without a class; such images are trained on, but not used for kNN. */
export const NO_LABEL = -1;

/** A data set without its pictures, which is what the page keeps while the worker holds these. */
export interface DatasetInfo {
  readonly name: string;
  readonly source: DatasetSource;
  /** The longest of the pictures' short sides in pixels. */
  readonly size: number;
  readonly count: number;
  /** One per image: its path below the dropped root, or its name in the sample. */
  readonly names: readonly string[];
  /** Class index per image or `NO_LABEL`; null when the data set has no classes at all. */
  readonly labels: Int16Array | null;
  readonly classNames: readonly string[];
  /** `TRAIN`, `TEST` or `BANK` per image. */
  readonly split: Uint8Array;
  /** How it is derived from the data set of that source; left out where it is that data set itself. */
  readonly derivation?: Derivation | undefined;
}

/** The shape of each picture in pixels, as it is kept. */
export interface KeptShapes {
  readonly widths: Uint16Array;
  readonly heights: Uint16Array;
}

/** The place of each picture in an array of bytes, and its shape. */
export interface PicturePlaces extends KeptShapes {
  /** In bytes. */
  readonly offsets: Uint32Array;
}

/** What was measured of each whole picture while it was decoded, at its original size. */
export interface PictureFacts {
  /** In pixels, upright. */
  readonly widths: Uint32Array;
  readonly heights: Uint32Array;
  /** Two words a picture: equal for equal pixels. */
  readonly exactHashes: Uint32Array;
  /** Two words a picture: pictures that look alike differ in few of the 64 bits. */
  readonly perceptualHashes: Uint32Array;
  /** Variance of the Laplacian of the grey picture, in levels squared: low for a blurred picture. */
  readonly sharpness: Float32Array;
  /** Mean grey in levels of 0 to 255: low for a dark picture. */
  readonly brightness: Float32Array;
}

/** A decoded data set in memory. A picture is uint8 RGBA, row-major, alpha always 255, of `widths[i] x heights[i]` pixels. */
export interface ImageDataset extends DatasetInfo, PicturePlaces {
  readonly pixels: Uint8Array;
  /** null where the pictures were not decoded from files. */
  readonly facts: PictureFacts | null;
}

/** Decodes pictures of a data set that is kept compressed. */
export interface PictureReader {
  /**
   * The pixels of these pictures, as an `ImageDataset` in memory would hold them; each array is the caller's.
   * @param numbers of the pictures, without repetition (`CompressedDataset.numbers`)
   * @throws (rejection) UnreadablePicture where a file cannot be read again
   */
  read(numbers: readonly number[]): Promise<readonly Uint8Array[]>;
  /** Ends the reader, and the workers that it uses. */
  close(): void;
}

/**
 * A data set whose pictures are larger than what is held in memory: they are kept compressed, and decoded when they are needed.
 * @typeParam R what decodes them; between page and worker the port to it
 */
export interface CompressedDataset<R> extends DatasetInfo, KeptShapes {
  readonly reader: R;
  /** The number of each picture in the reader, which also knows the pictures that are left out of the data set. */
  readonly numbers: Uint32Array;
  readonly facts: PictureFacts | null;
}

/** A data set as it was loaded. */
export type LoadedDataset<R = PictureReader> = ImageDataset | CompressedDataset<R>;

/** A data set without its pictures. */
export function infoOf(dataset: DatasetInfo): DatasetInfo {
  const { name, source, size, count, names, labels, classNames, split, derivation } = dataset;
  return { name, source, size, count, names, labels, classNames, split, ...(derivation && { derivation }) };
}

/** A picture of a data set cannot be read any more; the message names the file and says what to do. */
export class UnreadablePicture extends Error {
  override readonly name = 'UnreadablePicture';
}

/** @throws RangeError where the data set is kept compressed */
export function inMemory(dataset: LoadedDataset<unknown>): ImageDataset {
  if ('reader' in dataset) throw new RangeError(`“${dataset.name}” takes more memory than is used for decoded images.`);
  return dataset;
}

/** The places of `count` squares that follow one another. */
export function squarePlaces(count: number, side: number): PicturePlaces {
  return placesOf(new Uint16Array(count).fill(side), new Uint16Array(count).fill(side));
}

/** The places of pictures of these shapes that follow one another. */
export function placesOf(widths: Uint16Array, heights: Uint16Array): PicturePlaces {
  const offsets = new Uint32Array(widths.length);
  for (let i = 1; i < widths.length; i++) offsets[i] = offsets[i - 1] + 4 * widths[i - 1] * heights[i - 1];
  return { offsets, widths, heights };
}

/** The longest of the pictures' short sides; 0 where there are none. */
export function largestShortSide({ widths, heights }: KeptShapes): number {
  return widths.reduce((most, width, i) => Math.max(most, Math.min(width, heights[i])), 0);
}

/** A file that could not be used, and the reason to show to the person. */
export interface SkippedFile {
  readonly path: string;
  readonly reason: string;
}

/** Indices of the images of one split. */
export function indicesOf(info: Pick<DatasetInfo, 'split'>, split: Split): Uint32Array {
  const indices: number[] = [];
  for (let i = 0; i < info.split.length; i++) if (info.split[i] === split) indices.push(i);
  return Uint32Array.from(indices);
}

/** Indices of the labelled images of one split; those of `TEST` are the candidates for the queries of kNN. */
export function labelledIndicesOf(info: Pick<DatasetInfo, 'split' | 'labels'>, split: Split): Uint32Array {
  const { labels } = info;
  if (labels === null) return new Uint32Array(0);
  return indicesOf(info, split).filter((i) => labels[i] !== NO_LABEL);
}

/** Indices of the images that may vote in kNN: the labelled training images, or the `BANK` where none of these has a label. */
export function bankIndicesOf(info: Pick<DatasetInfo, 'split' | 'labels'>): Uint32Array {
  const train = labelledIndicesOf(info, TRAIN);
  return train.length > 0 ? train : labelledIndicesOf(info, BANK);
}
