import { describe, expect, it } from 'vitest';
import {
  batchNormCoefficients,
  batchNormGradient,
  batchNormGradientSums,
  batchNormGradientTotals,
} from '../../../src/engine/kernels/wasmgen/batchNorm/backward';
import { type BatchNormShape, batchNormPartials } from '../../../src/engine/kernels/wasmgen/batchNorm/blocks';
import {
  batchNormNormalise,
  batchNormStatistics,
  batchNormSums,
  type Epilogue,
} from '../../../src/engine/kernels/wasmgen/batchNorm/forward';
import type { Variant } from '../../../src/engine/kernels/wasmgen/kernel';
import { seededRandom } from '../../../src/engine/random';
import { Arena, maxError, randomFloats, VARIANTS, variantName } from './harness';

const EPSILON = 1e-5;
const DECAY = 0.9;

interface Given extends BatchNormShape {
  readonly x: Float32Array;
  readonly gamma: Float32Array;
  readonly beta: Float32Array;
  readonly residual: Float32Array;
  readonly dy: Float32Array;
}

function given(shape: BatchNormShape, seed: number): Given {
  const { rows, channels } = shape;
  return {
    ...shape,
    x: randomFloats(rows * channels, seed).map((v) => 3 * v + 2),
    gamma: randomFloats(channels, seed + 1),
    beta: randomFloats(channels, seed + 2),
    residual: randomFloats(rows * channels, seed + 3),
    dy: randomFloats(rows * channels, seed + 4),
  };
}

/** BatchNorm and its gradients in float64; `y` decides what the ReLU cut off, so that rounding there does not matter. */
function reference(g: Given, { relu, residual }: Epilogue, cut: ArrayLike<number> | null) {
  const { rows, channels, views } = g;
  const n = rows / views;
  const [mean, inverseStd] = [new Float64Array(views * channels), new Float64Array(views * channels)];
  const [movingMean, movingVariance] = [new Float64Array(channels).fill(0.5), new Float64Array(channels).fill(2)];
  const [y, dx, dResidual] = [0, 0, 0].map(() => new Float64Array(rows * channels)) as [
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  const [dGamma, dBeta] = [new Float64Array(channels), new Float64Array(channels)];
  for (let v = 0; v < views; v++)
    for (let c = 0; c < channels; c++) {
      const places = Array.from({ length: n }, (_, r) => (v * n + r) * channels + c);
      const centre = places.reduce((sum, i) => sum + g.x[i]!, 0) / n;
      const variance = places.reduce((sum, i) => sum + (g.x[i]! - centre) ** 2, 0) / n;
      const inverse = 1 / Math.sqrt(variance + EPSILON);
      mean[v * channels + c] = centre;
      inverseStd[v * channels + c] = inverse;
      movingMean[c] = DECAY * movingMean[c]! + (1 - DECAY) * centre;
      movingVariance[c] = DECAY * movingVariance[c]! + ((1 - DECAY) * variance * n) / Math.max(1, n - 1);
      let [sum, products] = [0, 0];
      for (const i of places) {
        const value = (g.x[i]! - centre) * inverse * g.gamma[c]! + g.beta[c]! + (residual ? g.residual[i]! : 0);
        y[i] = relu && value < 0 ? 0 : value;
        dResidual[i] = relu && !((cut ?? y)[i]! > 0) ? 0 : g.dy[i]!;
        sum += dResidual[i]!;
        products += dResidual[i]! * (g.x[i]! - centre) * inverse;
      }
      for (const i of places)
        dx[i] = g.gamma[c]! * inverse * (dResidual[i]! - (sum + (g.x[i]! - centre) * inverse * products) / n);
      dBeta[c]! += sum;
      dGamma[c]! += products;
    }
  return { mean, inverseStd, movingMean, movingVariance, y, dx, dResidual, dGamma, dBeta };
}

function run(g: Given, epilogue: Epilogue, variant: Variant, calls = 1) {
  const { rows, channels, views } = g;
  const shape = { rows, channels, views };
  const arena = new Arena();
  const [x, gamma, beta, dy] = [
    arena.of('x', g.x),
    arena.of('gamma', g.gamma),
    arena.of('beta', g.beta),
    arena.of('dy', g.dy),
  ];
  const residual = arena.of('residual', g.residual);
  const partials = arena.empty('partials', batchNormPartials(shape));
  const [mean, inverseStd] = [arena.empty('mean', views * channels), arena.empty('inverseStd', views * channels)];
  const movingMean = arena.of('movingMean', new Float32Array(channels).fill(0.5));
  const movingVariance = arena.of('movingVariance', new Float32Array(channels).fill(2));
  const y = arena.empty('y', rows * channels);
  arena.run(batchNormSums(shape, variant), { x, partials }, calls);
  const statistics = batchNormStatistics(shape, { epsilon: EPSILON, decay: DECAY });
  arena.run(statistics, { partials, mean, inverseStd, movingMean, movingVariance }, calls);
  arena.run(batchNormNormalise(shape, epilogue, variant), { x, mean, inverseStd, gamma, beta, residual, y }, calls);
  const gradientPartials = arena.empty('partials', batchNormPartials(shape));
  const [dGamma, dBeta] = [arena.empty('dGamma', channels), arena.empty('dBeta', channels)];
  const coefficients = arena.empty('coefficients', batchNormCoefficients(shape));
  const [dx, dResidual] = [arena.empty('dx', rows * channels), arena.empty('dResidual', rows * channels)];
  arena.run(
    batchNormGradientSums(shape, epilogue.relu, variant),
    { dy, x, y, mean, partials: gradientPartials },
    calls,
  );
  arena.run(
    batchNormGradientTotals(shape),
    { partials: gradientPartials, inverseStd, gamma, dGamma, dBeta, coefficients },
    calls,
  );
  arena.run(batchNormGradient(shape, epilogue, variant), { dy, x, y, mean, coefficients, dx, dResidual }, calls);
  const buffers = { mean, inverseStd, movingMean, movingVariance, y, dx, dResidual, dGamma, dBeta };
  return Object.fromEntries(Object.entries(buffers).map(([name, buffer]) => [name, arena.floats(buffer)])) as Record<
    keyof typeof buffers,
    Float32Array
  >;
}

function check(shape: BatchNormShape, epilogue: Epilogue, variant: Variant, seed: number): void {
  const g = given(shape, seed);
  const actual = run(g, epilogue, variant);
  const expected = reference(g, epilogue, actual.y);
  for (const [name, values] of Object.entries(expected)) {
    if (name === 'dResidual' && !epilogue.residual) continue;
    // The gradient in x is a difference of what nearly cancels where a view has few rows.
    const tolerance = name === 'dx' && shape.rows / shape.views < 4 ? 1e-3 : 5e-6;
    expect(maxError(actual[name as keyof typeof actual], values), name).toBeLessThan(tolerance);
  }
}

const EPILOGUES = [false, true].flatMap((relu) => [false, true].map((residual) => ({ relu, residual })));

describe.each(VARIANTS.map((v) => [variantName(v), v] as const))('batch normalisation, %s', (_, variant) => {
  it.each([1, 3, 5, 8, 16, 24, 100])(
    'of %i channels is the reference, with and without residual and ReLU',
    (channels) => {
      for (const epilogue of EPILOGUES) check({ rows: 26, channels, views: 2 }, epilogue, variant, channels);
    },
  );

  it.each([
    [2048 * 3, 16, 1],
    [5000, 8, 2],
    [1300, 20, 2],
    [64, 512, 2],
    [33, 17, 3],
  ])('of %i rows of %i channels in %i views is the reference', (rows, channels, views) => {
    check({ rows, channels, views }, { relu: true, residual: true }, variant, 5);
  });

  it('is the reference for shapes drawn at random', () => {
    const random = seededRandom(3, 'shapes');
    for (let i = 0; i < 20; i++) {
      const views = random.integer(1, 3);
      const shape = { views, rows: views * random.integer(2, 400), channels: random.integer(1, 70) };
      const epilogue = EPILOGUES[random.integer(0, 3)]!;
      expect(() => check(shape, epilogue, variant, i), JSON.stringify(shape)).not.toThrow();
    }
  });

  it('has a variance of 0 and no gradient for one row a view', () => {
    const g = given({ rows: 2, channels: 6, views: 2 }, 1);
    const { y, dx, movingVariance } = run(g, { relu: false, residual: false }, variant);
    expect([...y]).toEqual([...g.beta, ...g.beta]);
    expect(dx.every((v) => Math.abs(v) < 1e-4)).toBe(true);
    for (const v of movingVariance) expect(v).toBeCloseTo(2 * DECAY * DECAY, 6);
  });

  it('loses no digits where the mean is large', () => {
    const g = given({ rows: 3000, channels: 4, views: 1 }, 2);
    const shifted = { ...g, x: g.x.map((v) => v + 5000) };
    const actual = run(shifted, { relu: false, residual: false }, variant);
    const expected = reference(shifted, { relu: false, residual: false }, null);
    expect(maxError(actual.inverseStd, expected.inverseStd)).toBeLessThan(1e-5);
    expect(maxError(actual.y, expected.y)).toBeLessThan(3e-4);
  });

  it('gives the same bits however the rows are split', () => {
    const g = given({ rows: 3000, channels: 20, views: 2 }, 4);
    const whole = run(g, { relu: true, residual: true }, variant);
    expect(run(g, { relu: true, residual: true }, variant, 5)).toEqual(whole);
  });

  it('normalises in place, over x and over the residual', () => {
    const g = given({ rows: 50, channels: 6, views: 1 }, 8);
    const shape = { rows: 50, channels: 6, views: 1 };
    const epilogue = { relu: true, residual: true };
    const { y, mean, inverseStd } = run(g, epilogue, variant);
    for (const over of ['x', 'residual'] as const) {
      const arena = new Arena();
      const buffers = {
        x: arena.of('x', g.x),
        residual: arena.of('residual', g.residual),
        mean: arena.of('mean', mean),
        inverseStd: arena.of('inverseStd', inverseStd),
        gamma: arena.of('gamma', g.gamma),
        beta: arena.of('beta', g.beta),
      };
      arena.run(batchNormNormalise(shape, epilogue, variant), { ...buffers, y: buffers[over] });
      expect(arena.floats(buffers[over])).toEqual(y);
    }
  });

  it('makes NaN of a channel with a NaN, and of no other', () => {
    const g = given({ rows: 40, channels: 5, views: 2 }, 6);
    g.x[7] = Number.NaN;
    const { y, mean } = run(g, { relu: true, residual: false }, variant);
    y.forEach((v, i) => {
      expect(Number.isNaN(v)).toBe(i % 5 === 2 && i < 100);
    });
    expect([...mean].map(Number.isNaN)).toEqual(Array.from({ length: 10 }, (_, i) => i === 2));
  });
});
