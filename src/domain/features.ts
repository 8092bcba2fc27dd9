/** n feature vectors of d numbers, row-major. */
export interface FeatureRows {
  readonly data: Float32Array;
  readonly n: number;
  readonly d: number;
}

/** Frozen backbone features of all labelled images, with a class 0..classNames.length - 1 for each row. */
export interface LabelledFeatures {
  readonly train: FeatureRows;
  readonly trainLabels: ArrayLike<number>;
  readonly test: FeatureRows;
  readonly testLabels: ArrayLike<number>;
  readonly classNames: readonly string[];
}
