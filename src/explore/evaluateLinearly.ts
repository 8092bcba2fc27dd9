import { standardError } from '../domain/accuracy';
import type { FeatureRows, LabelledFeatures } from '../domain/features';
import type { ProbeEvaluation } from '../domain/probeEvaluation';
import {
  type Between,
  type Classifier,
  classify,
  covarianceOf,
  fitLogistic,
  MAX_ITERATIONS,
} from './logisticRegression';
import type { ProductsOf } from './products';

/** Values of lambda to choose from, the strongest decay first. */
export const LAMBDAS: readonly number[] = [1, 1e-1, 1e-2, 1e-3, 1e-4, 1e-5, 1e-6];
/** Tolerance of a classifier that is only compared with others. */
const ROUGH = 1e-4;
/** Weaker decays are no longer tried once this many in a row were worse than the best. */
const PATIENCE = 2;
/** Every fifth training image of a class is held out for the choice of lambda. */
const HELD_OUT_EVERY = 5;

export interface EvaluationOptions {
  /** Finished updates of the network, for the result. */
  readonly step: number;
  readonly productsOf: ProductsOf;
  /** Of each classifier; `MAX_ITERATIONS` where left out. */
  readonly maxIterations?: number;
  /** Values of lambda to choose from, the strongest decay first; `LAMBDAS` where left out. */
  readonly lambdas?: readonly number[];
  /** Called with the share of the work that is done, in [0, 1]; may throw to stop. */
  readonly onProgress?: (share: number) => void;
  /** Awaited between two parts of some milliseconds; may throw to stop. */
  readonly between?: Between;
}

/**
 * The paper's linear evaluation (Sec. 4, "linear classification"): features standardised, a multinomial logistic regression on them with the
 * weight decay that is best on held-out training images, trained again on all of them, and tested on the test images.
 * @throws RangeError for features that are not finite, or without training or test images
 */
export async function evaluateLinearly(
  { train, trainLabels, test, testLabels, classNames }: LabelledFeatures,
  {
    step,
    productsOf,
    maxIterations = MAX_ITERATIONS,
    lambdas = LAMBDAS,
    onProgress = () => undefined,
    between = async () => undefined,
  }: EvaluationOptions,
): Promise<ProbeEvaluation> {
  if (train.n === 0 || test.n === 0)
    throw new RangeError('A linear evaluation needs labelled training and test images.');
  if (![train, test].every(({ data }) => data.every(Number.isFinite))) {
    throw new RangeError('The features are not finite, so there is nothing to evaluate: the run has diverged.');
  }
  const classes = classNames.length;
  const lambda = await bestLambda(train, trainLabels, {
    classes,
    lambdas,
    productsOf,
    maxIterations,
    between,
    onProgress: (share) => onProgress(0.8 * share),
  });
  const [trainRows, testRows] = standardised(train, [train, test]);
  const classifier = await fitted(trainRows, trainLabels, {
    classes,
    lambda,
    productsOf,
    maxIterations,
    between,
    onProgress: () => onProgress(0.9),
  });
  const predicted = await predictions(testRows, classifier, classes, productsOf);
  const confusion = classNames.map(() => new Array<number>(classes).fill(0));
  predicted.forEach((predictedClass, i) => {
    confusion[testLabels[i]][predictedClass] += 1;
  });
  const accuracy = shareCorrect(predicted, testLabels);
  onProgress(1);
  return {
    step,
    accuracy,
    standardError: standardError(accuracy, test.n),
    trainImages: train.n,
    testImages: test.n,
    lambda,
    converged: classifier.converged,
    classNames,
    confusion,
  };
}

/** The lambda with which a classifier trained on most training images is right most often on the others; of equal ones the largest. */
async function bestLambda(
  train: FeatureRows,
  labels: ArrayLike<number>,
  {
    classes,
    lambdas,
    productsOf,
    maxIterations,
    between,
    onProgress,
  }: {
    readonly classes: number;
    readonly lambdas: readonly number[];
    readonly productsOf: ProductsOf;
    readonly maxIterations: number;
    readonly between: Between;
    readonly onProgress: (share: number) => void;
  },
): Promise<number> {
  const { kept, heldOut } = divided(labels);
  if (heldOut.length === 0) return lambdas[0];
  const keptLabels = kept.map((i) => labels[i]);
  const heldOutLabels = heldOut.map((i) => labels[i]);
  const [rows, others] = standardised(pick(train, kept), [pick(train, kept), pick(train, heldOut)]);
  const products = productsOf(rows);
  let best = { lambda: lambdas[0], accuracy: -1 };
  let worse = 0;
  let start: Float64Array | undefined;
  try {
    const covariance = await covarianceOf(products, rows, between);
    for (const [i, lambda] of lambdas.entries()) {
      const classifier = await fitLogistic({
        products,
        covariance,
        ...rows,
        labels: keptLabels,
        classes,
        lambda,
        tolerance: ROUGH,
        maxIterations,
        between,
        onIteration: () => onProgress(i / lambdas.length),
        ...(start === undefined ? {} : { start }),
      });
      start = classifier.weights;
      const accuracy = shareCorrect(await predictions(others, classifier, classes, productsOf), heldOutLabels);
      worse = accuracy < best.accuracy ? worse + 1 : 0;
      if (accuracy > best.accuracy) best = { lambda, accuracy };
      if (worse === PATIENCE) break;
    }
  } finally {
    products.dispose();
  }
  return best.lambda;
}

async function fitted(
  rows: FeatureRows,
  labels: ArrayLike<number>,
  {
    classes,
    lambda,
    productsOf,
    maxIterations,
    between,
    onProgress,
  }: {
    readonly classes: number;
    readonly lambda: number;
    readonly productsOf: ProductsOf;
    readonly maxIterations: number;
    readonly between: Between;
    readonly onProgress: () => void;
  },
): Promise<Classifier> {
  const products = productsOf(rows);
  try {
    const covariance = await covarianceOf(products, rows, between);
    return await fitLogistic({
      products,
      covariance,
      ...rows,
      labels,
      classes,
      lambda,
      maxIterations,
      between,
      onIteration: onProgress,
    });
  } finally {
    products.dispose();
  }
}

async function predictions(
  rows: FeatureRows,
  classifier: Classifier,
  classes: number,
  productsOf: ProductsOf,
): Promise<Int32Array> {
  const products = productsOf(rows);
  try {
    return await classify(products, classifier, rows.d, classes);
  } finally {
    products.dispose();
  }
}

/** The images to train with and those held out, the latter spread over all classes. */
function divided(labels: ArrayLike<number>): { readonly kept: number[]; readonly heldOut: number[] } {
  const seen = new Map<number, number>();
  const kept: number[] = [];
  const heldOut: number[] = [];
  for (let i = 0; i < labels.length; i++) {
    const count = (seen.get(labels[i]) ?? 0) + 1;
    seen.set(labels[i], count);
    (count % HELD_OUT_EVERY === 0 ? heldOut : kept).push(i);
  }
  return { kept, heldOut };
}

function pick({ data, d }: FeatureRows, indices: readonly number[]): FeatureRows {
  const picked = new Float32Array(indices.length * d);
  indices.forEach((row, i) => {
    picked.set(data.subarray(row * d, (row + 1) * d), i * d);
  });
  return { data: picked, n: indices.length, d };
}

/** Each set with the reference's mean subtracted and divided by its standard deviation; a constant feature becomes 0. */
function standardised(reference: FeatureRows, sets: readonly FeatureRows[]): FeatureRows[] {
  const { n, d } = reference;
  const mean = new Float64Array(d);
  reference.data.forEach((value, i) => {
    mean[i % d] += value / n;
  });
  const variance = new Float64Array(d);
  reference.data.forEach((value, i) => {
    variance[i % d] += (value - mean[i % d]) ** 2 / n;
  });
  const scale = variance.map((value) => (value > 0 ? 1 / Math.sqrt(value) : 0));
  return sets.map((set) => ({ ...set, data: set.data.map((value, i) => (value - mean[i % d]) * scale[i % d]) }));
}

function shareCorrect(predicted: ArrayLike<number>, labels: ArrayLike<number>): number {
  let correct = 0;
  for (let i = 0; i < predicted.length; i++) if (predicted[i] === labels[i]) correct++;
  return correct / predicted.length;
}
