/** Sides in pixels at which images may be stored; all images of a data set are square and of the same size. */
export const IMAGE_SIZES = [32, 64] as const;
export type ImageSize = (typeof IMAGE_SIZES)[number];

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

/** A data set without its pixels, which is what the page keeps while the worker holds the pixels. */
export interface DatasetInfo {
  readonly name: string;
  readonly source: DatasetSource;
  /** Side of every image in pixels. */
  readonly size: ImageSize;
  readonly count: number;
  /** One per image: its path below the dropped root, or its name in the sample. */
  readonly names: readonly string[];
  /** Class index per image or `NO_LABEL`; null when the data set has no classes at all. */
  readonly labels: Int16Array | null;
  readonly classNames: readonly string[];
  /** `TRAIN`, `TEST` or `BANK` per image. */
  readonly split: Uint8Array;
}

/** A decoded data set: `pixels` is uint8 RGBA, `count * size * size * 4` bytes, row-major, alpha always 255. */
export interface ImageDataset extends DatasetInfo {
  readonly pixels: Uint8Array;
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
