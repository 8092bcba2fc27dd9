import type { FeatureRows } from './features';

/** What images are compared by: the run's encoder, one that was opened from a file, or the pictures' pixels. */
export type ExploredBy = 'run' | 'opened' | 'pixels';

/** The k nearest other images of each of n images, by cosine. */
export interface NeighbourGraph {
  readonly n: number;
  /** Fewer than were asked for where there are not as many other images. */
  readonly k: number;
  /** [n, k], row-major, the nearest first; of equal ones the lower index where the graph is exact. An image is not its own neighbour. */
  readonly indices: Int32Array;
  /** [n, k]: the cosines, in [-1, 1]. */
  readonly similarities: Float32Array;
  /** Whether these are the nearest for certain; else some 94 % or more of them are (docs/report.md). */
  readonly isExact: boolean;
}

/** Small copies of pictures, squeezed to squares, by which duplicates are found. */
export interface PictureCopies {
  readonly count: number;
  /** [count, 3, side, side]: red, green and blue, in levels of 0 to 255. */
  readonly colours: Uint8Array;
  /** [count]: sides of the pictures in pixels: the copy of a picture that is smaller than it has less fine structure. */
  readonly widths: ArrayLike<number>;
  readonly heights: ArrayLike<number>;
}

/** Two pictures that show the same, but not pixel for pixel. */
export interface NearPair {
  /** a < b. */
  readonly a: number;
  readonly b: number;
  /** How well their fine structure agrees once one is laid upon the other, from 0.88 to 1. */
  readonly score: number;
  /** What differs: nothing but resampling, compression or brightness; left and right; or a band at the top or the bottom. */
  readonly kind: 'same' | 'mirrored' | 'banded';
}

export interface Pair extends NearPair {
  /** Whether one is for training and the other for testing. */
  readonly isLeak: boolean;
}

/** What may be wrong with a picture. `empty`: nearly one colour; `small` and `shape`: fewer pixels, or longer or wider, than the others. */
export const QUALITY_KINDS = ['dark', 'bright', 'blurred', 'empty', 'small', 'shape'] as const;
export type QualityKind = (typeof QUALITY_KINDS)[number];

export interface QualityEntry {
  readonly image: number;
  readonly kind: QualityKind;
  /** How far the picture lies beyond the limit of its kind, in (0, 1]. */
  readonly score: number;
}

/** All images of a data set, embedded and compared. */
export interface Exploration {
  readonly by: ExploredBy;
  /** Updates of the run whose encoder was used; null for another encoder, or for pixels. */
  readonly step: number | null;
  readonly graph: NeighbourGraph;
  /** Groups of images with equal pixels. */
  readonly exact: readonly (readonly number[])[];
  /** One picture that was made anew: rescaled, recompressed, mirrored, cropped. null where they were not looked for to the end. */
  readonly near: readonly Pair[] | null;
  /** null where the images were not decoded from files, so that nothing was measured of them. */
  readonly quality: readonly QualityEntry[] | null;
}

export interface Clusters {
  /** [n]: the cluster of each image; -1 for noise. */
  readonly labels: Int32Array<ArrayBuffer>;
  /** [n]: how strongly it belongs to its cluster, in [0, 1]. */
  readonly probabilities: Float32Array<ArrayBuffer>;
  /** By cluster: the image that stands for it. */
  readonly medoids: Int32Array<ArrayBuffer>;
  /** [n]: how far an image lies from all others, in [0, 1]. */
  readonly outlierScores: Float32Array<ArrayBuffer>;
}

/** An image and its cosine to the query. */
export interface Found {
  readonly image: number;
  readonly similarity: number;
}

/** What the answer to `explore` carries beside the lists: the features that further work is done on. */
export interface Explored {
  readonly exploration: Exploration;
  /** [n, d] */
  readonly features: FeatureRows;
  readonly copies: PictureCopies;
  /** About how long it takes to measure whether the encoder is of use, in milliseconds; null where there is nothing to measure. */
  readonly measuringMs: number | null;
}
