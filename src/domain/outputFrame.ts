/** What of the network a picture shows: the projector's output z, the predictor's output p, or the backbone features. */
export const READINGS = ['z', 'p', 'features'] as const;
export type Reading = (typeof READINGS)[number];

/** Number of bins of a histogram of cosines, which divide [-1, 1] evenly. */
export const COSINE_BINS = 40;

/** The most singular values that a frame holds: the largest ones. */
export const MOST_SINGULAR_VALUES = 64;

/** The l2-normalised outputs of a run's probe images at one step, in one reading. Nothing is centred or rescaled: both hide a collapse. */
export interface OutputCloud {
  /**
   * A point of the unit sphere for each image [N, 3], row-major, as bits of half-precision numbers. For d <= 3 these are the outputs
   * themselves, filled up with zeros; for larger d the projections on the three leading directions of the uncentred second moment,
   * divided by their norm, and turned as a whole so that they fit those of the frame before (orthogonal Procrustes). An output of zeros is the
   * origin.
   */
  readonly points: Uint16Array<ArrayBuffer>;
  /** Mean over the images of the squared norm of the projection, in [0, 1]: how much the picture shows. 1 for d <= 3. */
  readonly share: number;
  /** Number of pairs of images by the cosine of their outputs [COSINE_BINS], from -1 to 1, as shares of all pairs. */
  readonly cosines: Float32Array<ArrayBuffer>;
  /** Mean cosine of two different images. */
  readonly meanCosine: number;
  /** The largest singular values of the N x d matrix divided by sqrt(N), descending: their squares sum to at most 1. Spread evenly: 1/sqrt(d) each. */
  readonly singularValues: Float32Array<ArrayBuffer>;
  /** Effective rank: exp of the entropy of all normalised singular values. */
  readonly effectiveRank: number;
}

/** The outputs at one step. */
export interface OutputFrame {
  /** Number of finished updates; 0 is the untrained network. */
  readonly step: number;
  readonly z: OutputCloud;
  /** null for methods without a predictor. */
  readonly p: OutputCloud | null;
  readonly features: OutputCloud;
}

/** The images that a run's frames show, in the order of the points. */
export interface FrameImages {
  /** Indices in the data set. */
  readonly indices: Uint32Array<ArrayBuffer>;
  /** Their classes; -1 without one. */
  readonly labels: Int16Array<ArrayBuffer>;
  /** d of each reading. */
  readonly dimensions: Readonly<Record<Reading, number>>;
}

/** The frames of a run, by rising steps. */
export interface FrameTrack {
  readonly images: FrameImages;
  readonly frames: readonly OutputFrame[];
}
