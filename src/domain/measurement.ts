import type { PictureMemory } from './pictureMemory';
import type { LiveKey, LiveValue } from './runConfig';

/** Names of the series a run records; each point is (step, value), and a step counts finished updates. */
export const SERIES_NAMES = [
  'loss',
  'outputStd',
  'collapseLevel',
  'learningRate',
  'effectiveRank',
  'backboneRank',
  'knn',
  'onlineProbe',
  'viewRetrieval',
  'imagesPerSecond',
] as const;
export type SeriesName = (typeof SERIES_NAMES)[number];

/** The measurements of one step; only the series measured at that step are present. */
export interface Measurement {
  readonly step: number;
  /** The method's loss, before this step's update. SimSiam: in [-1, 1], -1 is perfect agreement. */
  readonly loss?: number;
  /** Per-channel std of z/|z|_2 over the batch (biased), averaged over channels (Sec. 4.1, Fig. 2 middle). */
  readonly outputStd?: number;
  /** max(0, 1 - sqrt(d) x std). */
  readonly collapseLevel?: number;
  /** lr of the encoder used in this step, after scaling by batch/256 and the schedule. */
  readonly learningRate?: number;
  /** Effective rank of l2-normalised z of the probe images: exp of the entropy of the normalised singular values. */
  readonly effectiveRank?: number;
  /** The same for the l2-normalised backbone features. */
  readonly backboneRank?: number;
  /** kNN accuracy on backbone features, in [0, 1]. */
  readonly knn?: number;
  /** Accuracy of the linear classifier that is trained beside the run, on the images that kNN classifies, in [0, 1]. */
  readonly onlineProbe?: number;
  /** Share of probe images whose own other view is their nearest (backbone features), in [0, 1]. */
  readonly viewRetrieval?: number;
  /** Images (not views) trained on per second; the time includes measuring. */
  readonly imagesPerSecond?: number;
}

/** Reference values a run is judged against, measured once before its first step. */
export interface Baselines {
  /** 1/sqrt(d): the std of outputs spread evenly over the unit sphere. */
  readonly inverseSqrtD: number;
  /** The largest effective rank that can be measured: min(probe images, dimensions). */
  readonly rankBound: number;
  readonly backboneRankBound: number;
  /** null where kNN is not measured (`knn.every` is 0), or the data set has no labels or too few labelled images. */
  readonly knn: {
    readonly k: number;
    readonly temperature: number;
    /** Number of labelled training images that vote, and of test images that are classified. */
    readonly bank: number;
    readonly queries: number;
    /** Share of the most frequent class among the queries. */
    readonly chance: number;
    readonly rawPixels: number;
    readonly untrained: number;
  } | null;
  /** null where it is not measured: it is measured together with kNN, and `knn.every` is 0. */
  readonly viewRetrieval: { readonly images: number; readonly rawPixels: number; readonly untrained: number } | null;
}

export interface Neighbour {
  readonly index: number;
  /** Cosine similarity to the query. */
  readonly similarity: number;
}

export interface QueryNeighbours {
  readonly query: number;
  readonly neighbours: readonly Neighbour[];
}

/** Nearest neighbours of the chosen queries among the images searched, by backbone features and by z, at one step. */
export interface NeighboursSnapshot {
  readonly step: number;
  /** Number of images searched: the probe's and the queries, or all of the data set. */
  readonly searched: number;
  readonly backbone: readonly QueryNeighbours[];
  readonly z: readonly QueryNeighbours[];
}

/** A picture to be shown, as RGBA bytes, row-major. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly pixels: Uint8ClampedArray<ArrayBuffer>;
}

/** An image of a step's batch and its two augmented views, these as `size * size * 4` RGBA bytes. */
export interface ViewsSnapshot {
  readonly step: number;
  readonly size: number;
  /** The image's index in the data set. */
  readonly index: number;
  readonly image: Picture;
  readonly x1: Uint8ClampedArray<ArrayBuffer>;
  readonly x2: Uint8ClampedArray<ArrayBuffer>;
}

/** The diagnosis of a run. It depends on the measurements relative to the run's first steps, and on what was changed in flight. */
export type Diagnosis =
  | { readonly state: 'starting' | 'learning' }
  /**
   * `narrowing`: the output std is under 80 % of its early level and falling, or under half of it. `recovering`: it rises after a collapse.
   * `stuck`: it does not rise although the cause of its fall was removed.
   */
  | {
      readonly state: 'narrowing' | 'recovering' | 'stuck';
      readonly since: number;
      /** The share of the early output std that is left, averaged over some steps. */
      readonly share: number;
      readonly outputStd: number;
    }
  | { readonly state: 'collapsed'; readonly since: number; readonly outputStd: number; readonly loss: number }
  | {
      readonly state: 'dimensional';
      readonly since: number;
      readonly effectiveRank: number;
      /** The rank before it fell, at the run's start or later, to which `effectiveRank` is compared. */
      readonly startRank: number;
      readonly outputStd: number;
    }
  /** The loss stays high while the outputs stay spread. */
  | {
      readonly state: 'no-convergence';
      readonly since: number;
      readonly loss: number;
      /** Mean of the first steps. */
      readonly startLoss: number;
    }
  | { readonly state: 'oscillation'; readonly since: number; readonly low: number; readonly high: number }
  | { readonly state: 'diverged'; readonly since: number; readonly loss: number };

/** An event at a step, drawn as a line on every chart. */
export type Marker =
  | { readonly kind: 'change'; readonly step: number; readonly key: LiveKey; readonly value: LiveValue }
  | { readonly kind: 'diagnosis'; readonly step: number; readonly state: Diagnosis['state'] }
  | RecoveryMarker;

/** The step of the checkpoint that the run went on from. */
export interface RecoveryMarker {
  readonly kind: 'recovery';
  readonly step: number;
  readonly cause: RecoveryCause;
}

/**
 * Why a run went on from its last checkpoint by itself. `gpu-error`: the GPU reported an error, so that all results since were invalid.
 * `other-engine`: this happened again and again, and another engine computes from here on.
 */
export const RECOVERY_CAUSES = ['device-lost', 'out-of-memory', 'gpu-error', 'other-engine'] as const;
export type RecoveryCause = (typeof RECOVERY_CAUSES)[number];

/** Cost of a run so far. */
export interface Resources {
  readonly step: number;
  /** Bytes the backend has allocated on the GPU, pooled buffers included. */
  readonly gpuBytes: number;
  readonly tensors: number;
  /** Share of the time since the first step spent measuring rather than training, in [0, 1]. */
  readonly measuringShare: number;
  /** null where all pictures are in memory. */
  readonly pictures: PictureMemory | null;
}
