import { expect, test } from 'vitest';
import { standardError } from '../../../src/domain/accuracy';
import type { LabelledFeatures } from '../../../src/domain/features';
import { evaluateLinearly, LAMBDAS } from '../../../src/explore/evaluateLinearly';
import { minimise } from '../../../src/explore/lbfgs';
import { classify, covarianceOf, fitLogistic } from '../../../src/explore/logisticRegression';
import { decode, type GoldenTensor, loadGolden } from '../../fixtures/golden';
import { plainProducts } from './plainProducts';

interface Golden {
  readonly classes: number;
  readonly train: GoldenTensor;
  readonly trainLabels: number[];
  readonly test: GoldenTensor;
  readonly testLabels: number[];
  readonly lambdas: number[];
  readonly testAccuracies: number[];
  readonly lambda: number;
  readonly accuracy: number;
}

const golden = loadGolden<Golden>('logistic');
const rowsOf = (tensor: GoldenTensor) => ({ data: decode(tensor), n: tensor.shape[0]!, d: tensor.shape[1]! });
const features: LabelledFeatures = {
  train: rowsOf(golden.train),
  trainLabels: golden.trainLabels,
  test: rowsOf(golden.test),
  testLabels: golden.testLabels,
  classNames: Array.from({ length: golden.classes }, (_, i) => `class ${i}`),
};

test('L-BFGS finds the minimum of Rosenbrock’s function', async () => {
  const f = async ([x, y]: Float64Array) => ({
    value: (1 - x!) ** 2 + 100 * (y! - x! ** 2) ** 2,
    gradient: Float64Array.of(-2 * (1 - x!) - 400 * x! * (y! - x! ** 2), 200 * (y! - x! ** 2)),
  });
  const { x, converged } = await minimise(f, Float64Array.of(-1.2, 1), { tolerance: 1e-8, maxIterations: 200 });
  expect(converged).toBe(true);
  expect(x[0]).toBeCloseTo(1, 6);
  expect(x[1]).toBeCloseTo(1, 6);
});

test('the evaluation agrees with scikit-learn’s logistic regression within 0.5 points', async () => {
  const shares: number[] = [];
  const result = await evaluateLinearly(features, {
    step: 300,
    productsOf: plainProducts,
    onProgress: (share) => shares.push(share),
  });
  console.log(
    `probe ${result.accuracy} at lambda ${result.lambda}, scikit-learn ${golden.accuracy} at ${golden.lambda}`,
  );
  expect(LAMBDAS).toEqual(golden.lambdas);
  expect(result.lambda).toBe(golden.lambda);
  expect(Math.abs(result.accuracy - golden.accuracy)).toBeLessThan(0.005);
  expect(result.standardError).toBe(standardError(result.accuracy, 300));
  expect(result).toMatchObject({ step: 300, trainImages: 600, testImages: 300, converged: true });
  const right = result.confusion.reduce((sum, row, i) => sum + row[i]!, 0);
  expect(right / 300).toBeCloseTo(result.accuracy, 10);
  expect(result.confusion.map((row) => row.reduce((a, b) => a + b))).toEqual(new Array(10).fill(30));
  expect(shares).toEqual([...shares].sort((a, b) => a - b));
  expect(shares.at(-1)).toBe(1);
});

test('an evaluation whose iterations run out says so', async () => {
  const options = { step: 0, productsOf: plainProducts, maxIterations: 2 };
  expect(await evaluateLinearly(features, options)).toMatchObject({ converged: false });
});

test('for weak and strong weight decay, too, the classifier is scikit-learn’s', async () => {
  const { train, test: queries } = features;
  const scaled = standardise(train.data, [train.data, queries.data], train.d);
  const products = plainProducts({ ...train, data: scaled[0]! });
  const covariance = await covarianceOf(products, { ...train, data: scaled[0]! });
  for (const [i, lambda] of golden.lambdas.entries()) {
    if (lambda < 1e-4) continue;
    const classifier = await fitLogistic({
      products,
      covariance,
      ...train,
      labels: golden.trainLabels,
      classes: 10,
      lambda,
    });
    expect(classifier.converged, `lambda ${lambda}`).toBe(true);
    const predicted = await classify(plainProducts({ ...queries, data: scaled[1]! }), classifier, train.d, 10);
    const right = predicted.filter((label, n) => label === golden.testLabels[n]).length / 300;
    expect(Math.abs(right - golden.testAccuracies[i]!), `lambda ${lambda}`).toBeLessThan(0.005);
  }
});

test('features that are not finite are refused, and a caller can stop', async () => {
  const broken = { ...features, test: { ...features.test, data: features.test.data.map(() => Number.NaN) } };
  await expect(evaluateLinearly(broken, { step: 0, productsOf: plainProducts })).rejects.toThrow(RangeError);
  const stop = () => {
    throw new Error('stopped');
  };
  await expect(evaluateLinearly(features, { step: 0, productsOf: plainProducts, onProgress: stop })).rejects.toThrow(
    'stopped',
  );
});

function standardise(reference: Float32Array, sets: readonly Float32Array[], d: number): Float32Array[] {
  const n = reference.length / d;
  const column = (of: (value: number, c: number) => number) =>
    Array.from({ length: d }, (_, c) => {
      let sum = 0;
      for (let i = 0; i < n; i++) sum += of(reference[i * d + c]!, c) / n;
      return sum;
    });
  const mean = column((value) => value);
  const variance = column((value, c) => (value - mean[c]!) ** 2);
  return sets.map((set) => set.map((value, i) => (value - mean[i % d]!) / Math.sqrt(variance[i % d]!)));
}
