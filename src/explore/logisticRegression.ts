import type { FeatureRows } from '../domain/features';
import { cholesky, solve } from './cholesky';
import { minimise } from './lbfgs';
import type { Products } from './products';

/** Largest entry of the gradient of the mean loss at which a classifier counts as converged. */
export const TOLERANCE = 1e-5;
export const MAX_ITERATIONS = 500;

/** A linear classifier: logits = x W + b. */
export interface Classifier {
  /** W [d, classes], row-major, then b [classes]. */
  readonly weights: Float64Array;
  readonly converged: boolean;
}

export interface LogisticProblem {
  /** Of the standardised features [n, d]. */
  readonly products: Products;
  /** X^T X / n [d, d], which makes the iteration fast where features are correlated. */
  readonly covariance: Float32Array;
  readonly n: number;
  readonly d: number;
  /** A class 0..classes - 1 for each row. */
  readonly labels: ArrayLike<number>;
  readonly classes: number;
  /** Weight decay: lambda/2 |W|^2 is added to the mean loss; the bias is free. */
  readonly lambda: number;
  /** Where to start, e.g. the solution for another lambda; zeros where left out. */
  readonly start?: Float64Array;
  /** `TOLERANCE` where left out. */
  readonly tolerance?: number;
  /** `MAX_ITERATIONS` where left out. */
  readonly maxIterations?: number;
  readonly onIteration?: () => void;
  /** Awaited between two parts of some milliseconds; may throw to stop. */
  readonly between?: Between;
}

export type Between = () => Promise<void>;

const AT_ONCE: Between = async () => undefined;
/** Multiplications at once for the covariance: some 20 ms on one thread of a processor. */
const BLOCK_PRODUCTS = 1e8;

/** Multinomial logistic regression by L-BFGS: minimises mean cross-entropy + lambda/2 |W|^2, with C = 1/(lambda n) in scikit-learn's terms. */
export async function fitLogistic(problem: LogisticProblem): Promise<Classifier> {
  const { products, covariance, n, d, labels, classes, lambda, onIteration, between = AT_ONCE } = problem;
  const size = d * classes;
  const f = async (x: Float64Array) => {
    await between();
    const logits = await products.times(Float32Array.from(x.subarray(0, size)), classes);
    const gradient = new Float64Array(size + classes);
    const { loss, errors } = crossEntropy(logits, x.subarray(size), labels, classes);
    const byWeight = await products.transposedTimes(errors, classes);
    let squares = 0;
    for (let i = 0; i < size; i++) {
      squares += x[i] * x[i];
      gradient[i] = byWeight[i] + lambda * x[i];
    }
    for (let i = 0; i < errors.length; i++) gradient[size + (i % classes)] += errors[i];
    return { value: loss + (lambda / 2) * squares, gradient };
  };
  const start = problem.start ?? new Float64Array(size + classes);
  if (n === 0) return { weights: start, converged: true };
  const { x, converged } = await minimise(f, start, {
    tolerance: problem.tolerance ?? TOLERANCE,
    maxIterations: problem.maxIterations ?? MAX_ITERATIONS,
    precondition: await inverseHessian(covariance, { d, classes, lambda, between }),
    ...(onIteration === undefined ? {} : { onIteration }),
  });
  return { weights: x, converged };
}

/**
 * Multiplies by the inverse of the Hessian at W = 0 without its terms between classes: s covariance + lambda for each class, and s for its
 * bias, with s = (1 - 1/classes)/classes.
 */
async function inverseHessian(
  covariance: Float32Array,
  { d, classes, lambda, between }: Pick<LogisticProblem, 'd' | 'classes' | 'lambda'> & { readonly between: Between },
): Promise<(gradient: Float64Array) => void> {
  const share = Math.max(1e-3, (1 - 1 / classes) / classes);
  const matrix = Float64Array.from(covariance, (value) => share * value);
  // The covariance was summed in float32, so that its smallest eigenvalues may be negative by rounding.
  for (let i = 0; i < d; i++) matrix[i * d + i] += lambda + 1e-5 * d * share;
  const factor = await cholesky(matrix, d, between);
  return (gradient) => {
    solve(factor, d, gradient.subarray(0, d * classes), classes);
    for (let c = 0; c < classes; c++) gradient[d * classes + c] /= share;
  };
}

/**
 * X^T X / n [d, d] of the rows whose products these are, some columns at a time.
 * @param between awaited between them; may throw to stop
 */
export async function covarianceOf(
  products: Products,
  { data, n, d }: FeatureRows,
  between: Between = AT_ONCE,
): Promise<Float32Array> {
  const covariance = new Float32Array(d * d);
  const most = Math.max(1, Math.floor(BLOCK_PRODUCTS / (Math.max(1, n) * d)));
  for (let start = 0; start < d; start += most) {
    await between();
    const columns = Math.min(most, d - start);
    const own = new Float32Array(n * columns);
    for (let i = 0; i < n; i++) own.set(data.subarray(i * d + start, i * d + start + columns), i * columns);
    const sums = await products.transposedTimes(own, columns);
    for (let row = 0; row < d; row++) {
      for (let c = 0; c < columns; c++) covariance[row * d + start + c] = sums[row * columns + c] / Math.max(1, n);
    }
  }
  return covariance;
}

/** The mean loss, and (softmax - one-hot)/n of each row. */
function crossEntropy(
  logits: Float32Array,
  bias: Float64Array,
  labels: ArrayLike<number>,
  classes: number,
): { readonly loss: number; readonly errors: Float32Array } {
  const n = logits.length / classes;
  const errors = new Float32Array(logits.length);
  const row = new Float64Array(classes);
  let loss = 0;
  for (let i = 0; i < n; i++) {
    let largest = Number.NEGATIVE_INFINITY;
    for (let c = 0; c < classes; c++) {
      row[c] = logits[i * classes + c] + bias[c];
      largest = Math.max(largest, row[c]);
    }
    let total = 0;
    for (let c = 0; c < classes; c++) total += Math.exp(row[c] - largest);
    loss += Math.log(total) + largest - row[labels[i]];
    for (let c = 0; c < classes; c++) {
      const share = Math.exp(row[c] - largest) / total;
      errors[i * classes + c] = (share - (c === labels[i] ? 1 : 0)) / n;
    }
  }
  return { loss: loss / n, errors };
}

/** The class of the largest logit of each row; of equal ones the first. */
export async function classify(
  products: Products,
  { weights }: Classifier,
  d: number,
  classes: number,
): Promise<Int32Array> {
  const size = d * classes;
  const logits = await products.times(Float32Array.from(weights.subarray(0, size)), classes);
  return Int32Array.from({ length: logits.length / classes }, (_, i) => {
    let best = 0;
    const logit = (c: number) => logits[i * classes + c] + weights[size + c];
    for (let c = 1; c < classes; c++) if (logit(c) > logit(best)) best = c;
    return best;
  });
}
