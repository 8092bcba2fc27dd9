import type { FeatureRows } from './features';

/** What images are compared by: the run's encoder, one that was opened from a file, or the pictures' pixels. */
export type ExploredBy = 'run' | 'opened' | 'pixels';

/** The k nearest other images of each of n images, by cosine. */
export interface NeighbourGraph {
  readonly n: number;
  readonly k: number;
  /** [n, k]: the nearest first. */
  readonly indices: Int32Array<ArrayBuffer>;
  /** [n, k]: the cosines, in [-1, 1]. */
  readonly similarities: Float32Array<ArrayBuffer>;
  /** Whether these are the nearest for certain. */
  readonly isExact: boolean;
}

/** Two pictures that belong together. */
export interface Pair {
  readonly a: number;
  readonly b: number;
  /** In [0, 1]: how sure it is. */
  readonly score: number;
  /** Whether one is for training and the other for testing. */
  readonly isLeak: boolean;
}

export const QUALITY_KINDS = ['dark', 'bright', 'blurred', 'low-information', 'odd-size', 'odd-aspect'] as const;
export type QualityKind = (typeof QUALITY_KINDS)[number];

export interface QualityEntry {
  readonly image: number;
  readonly kind: QualityKind;
  /** In [0, 1]: the higher, the further from the other images of the folder. */
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
  /** One picture that was made anew: rescaled, recompressed, mirrored, cropped. */
  readonly near: readonly Pair[];
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
}
