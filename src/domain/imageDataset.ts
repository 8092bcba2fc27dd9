/** Pixel sizes an image may be stored at; every image of a data set is square and of one size. */
export const IMAGE_SIZES = [32, 64] as const;
export type ImageSize = (typeof IMAGE_SIZES)[number];

export const SAMPLE_IDS = ['fashion-mnist', 'emoji-3d'] as const;
export type SampleId = (typeof SAMPLE_IDS)[number];

/** The version of each sample's images that this page has; raised when its images, labels or split change. */
export const SAMPLE_VERSIONS: Readonly<Record<SampleId, number>> = { 'fashion-mnist': 1, 'emoji-3d': 1 };

/** Where a data set came from; for a person's own images only what a link needs to ask for them again. */
export type DatasetSource =
  | { readonly kind: 'sample'; readonly id: SampleId; readonly license: string }
  | { readonly kind: 'folder'; readonly name: string; readonly count: number; readonly fingerprint: string };

/** `split` values. Test images are never trained on; they are the queries of the kNN monitor. */
export const TRAIN = 0;
export const TEST = 1;

/** Label of an image that has no class; it is left out of kNN, and still trained on. */
export const NO_LABEL = -1;

/** Everything about a data set but its pixels: small, so that the page keeps it when the worker owns the pixels. */
export interface DatasetInfo {
  readonly name: string;
  readonly source: DatasetSource;
  /** Side of every image in pixels. */
  readonly size: ImageSize;
  readonly count: number;
  /** One per image: the path below the dropped root, or the sample's own name for it. */
  readonly names: readonly string[];
  /** Class index per image or `NO_LABEL`; null when the data set has no classes at all. */
  readonly labels: Int16Array | null;
  readonly classNames: readonly string[];
  /** `TRAIN` or `TEST` per image. */
  readonly split: Uint8Array;
}

/** A decoded data set: `pixels` is uint8 RGBA, `count * size * size * 4` bytes, row-major, alpha always 255. */
export interface ImageDataset extends DatasetInfo {
  readonly pixels: Uint8Array;
}

/** A file that could not become an image, and why, in words for the person who dropped it. */
export interface SkippedFile {
  readonly path: string;
  readonly reason: string;
}

/** Indices of the images of one split. */
export function indicesOf(info: Pick<DatasetInfo, 'split'>, split: typeof TRAIN | typeof TEST): Uint32Array {
  const indices: number[] = [];
  for (let i = 0; i < info.split.length; i++) if (info.split[i] === split) indices.push(i);
  return Uint32Array.from(indices);
}

/** Labelled images of one split: what kNN may use as its bank (`TRAIN`) or as its queries (`TEST`). */
export function labelledIndicesOf(
  info: Pick<DatasetInfo, 'split' | 'labels'>,
  split: typeof TRAIN | typeof TEST,
): Uint32Array {
  const { labels } = info;
  if (labels === null) return new Uint32Array(0);
  return indicesOf(info, split).filter((i) => labels[i] !== NO_LABEL);
}
