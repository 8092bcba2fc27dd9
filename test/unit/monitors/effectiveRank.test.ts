import { describe, expect, it } from 'vitest';
import { effectiveRank } from '../../../src/engine/monitors/effectiveRank';
import { singularValues } from '../../../src/engine/monitors/singularValues';
import { symmetricEigenvalues } from '../../../src/engine/monitors/symmetricEigenvalues';
import { constantRows, featureRows, pseudoRandom, randomRows } from './rows';

describe('effective rank', () => {
  it('counts equally used directions', () => {
    const five = Array.from({ length: 20 }, (_, i) => Array.from({ length: 8 }, (_, c) => (c === i % 5 ? 1 + i : 0)));
    const result = effectiveRank(featureRows(five));
    expect(result.effectiveRank).toBeCloseTo(5, 10);
    expect(result.bound).toBe(8);
  });

  it('of l2-normalised rows does not depend on their lengths', () => {
    const rows = randomRows(30, 12);
    const data = rows.data.map((value, i) => value * 2 ** (Math.floor(i / 12) % 7));
    const { effectiveRank: rank } = effectiveRank(rows);
    expect(effectiveRank({ ...rows, data }).effectiveRank).toBeCloseTo(rank, 10);
    expect(effectiveRank({ ...rows, data }, { normalise: false }).effectiveRank).not.toBeCloseTo(rank, 1);
  });

  it('is 1 for constant rows, and does not count rounding errors as directions', () => {
    expect(effectiveRank(constantRows(512, 64)).effectiveRank).toBe(1);
    expect(effectiveRank(constantRows(64, 512)).effectiveRank).toBe(1);
  });

  it('counts a constant with noise as one direction, unless the rows are centred', () => {
    const data = pseudoRandom(100 * 20).map((value, i) => 1 + (i % 20) + 1e-4 * value);
    const rows = { data, n: 100, d: 20 };
    expect(effectiveRank(rows).effectiveRank).toBeLessThan(1.01);
    expect(effectiveRank(rows, { centre: true }).effectiveRank).toBeGreaterThan(15);
  });

  it('is bounded by the smaller side', () => {
    const tall = effectiveRank(randomRows(200, 10));
    const wide = effectiveRank(randomRows(10, 200));
    expect(tall.bound).toBe(10);
    expect(wide.bound).toBe(10);
    for (const { effectiveRank: rank } of [tall, wide]) {
      expect(rank).toBeGreaterThan(9);
      expect(rank).toBeLessThanOrEqual(10);
    }
  });

  it('has an answer for one row, zero rows and no rows', () => {
    expect(effectiveRank(featureRows([[3, 4, 5]]))).toEqual({ effectiveRank: 1, bound: 1 });
    expect(
      effectiveRank(
        featureRows([
          [0, 0],
          [0, 0],
        ]),
      ).effectiveRank,
    ).toBe(0);
    expect(
      effectiveRank(
        featureRows([
          [0, 0],
          [1, 0],
          [0, 1],
        ]),
      ).effectiveRank,
    ).toBeCloseTo(2, 12);
    expect(effectiveRank({ data: new Float32Array(0), n: 0, d: 4 })).toEqual({ effectiveRank: 0, bound: 0 });
  });

  it('is not a number for features of a diverged network', () => {
    expect(
      effectiveRank(
        featureRows([
          [1, Number.NaN],
          [0, 1],
        ]),
      ).effectiveRank,
    ).toBeNaN();
    expect(
      effectiveRank(
        featureRows([
          [1, Number.POSITIVE_INFINITY],
          [0, 1],
        ]),
      ).effectiveRank,
    ).toBeNaN();
  });
});

describe('singular values', () => {
  it('of a matrix with a known spectrum over twelve orders of magnitude, down to the noise of float64', () => {
    // A = Q diag(s) with Q of orthonormal columns, here those of the discrete cosine transform.
    const n = 24;
    const s = Array.from({ length: 12 }, (_, c) => 10 ** (3 - c));
    const a = Float64Array.from({ length: n * 12 }, (_, i) => {
      const c = i % 12;
      const norm = Math.sqrt((c === 0 ? 1 : 2) / n);
      return s[c] * norm * Math.cos((Math.PI * (Math.floor(i / 12) + 0.5) * c) / n);
    });
    const values = singularValues(a, n, 12);
    s.forEach((expected, c) => {
      if (expected / s[0] > 1e-5) expect(values[c] / expected).toBeCloseTo(1, 6);
      else expect(Math.abs(values[c] - expected) / s[0]).toBeLessThan(1e-7);
    });
    // The Gram matrix cannot distinguish 1e-8 of the largest value from 0.
    expect(values.at(-1)).toBe(0);
  });

  it.each([1, 2, 3, 4, 5, 6, 7, 8, 9])('have the right sum of squares and product for %i columns', (d) => {
    // Every remainder of the blocked Gram product.
    const n = 11;
    const rows = Float64Array.from(pseudoRandom(n * d, d));
    const values = singularValues(rows, n, d);
    expect(values).toHaveLength(d);
    expect(values.reduce((sum, s) => sum + s * s, 0)).toBeCloseTo(
      rows.reduce((sum, x) => sum + x * x, 0),
      10,
    );
    expect(values.reduce((product, s) => product * s * s, 1)).toBeCloseTo(determinant(gram(rows, n, d), d), 8);
  });
});

describe('eigenvalues', () => {
  it('of the second difference matrix are 2 - 2 cos(k pi / (n + 1))', () => {
    const n = 60;
    const matrix = Float64Array.from({ length: n * n }, (_, i) => {
      const distance = Math.abs(Math.floor(i / n) - (i % n));
      return distance === 0 ? 2 : distance === 1 ? -1 : 0;
    });
    symmetricEigenvalues(matrix, n).forEach((value, k) => {
      expect(value).toBeCloseTo(2 - 2 * Math.cos(((k + 1) * Math.PI) / (n + 1)), 12);
    });
  });

  it('of diagonal, zero, repeated and negative ones', () => {
    expect([...symmetricEigenvalues(Float64Array.of(3, 0, 0, 0, -2, 0, 0, 0, 3), 3)]).toEqual([-2, 3, 3]);
    expect([...symmetricEigenvalues(new Float64Array(16), 4)]).toEqual([0, 0, 0, 0]);
    const [low, high] = symmetricEigenvalues(Float64Array.of(0, 5, 5, 0), 2);
    expect(low).toBeCloseTo(-5, 14);
    expect(high).toBeCloseTo(5, 14);
    const ones = symmetricEigenvalues(new Float64Array(100).fill(1), 10);
    expect(ones[9]).toBeCloseTo(10, 12);
    for (const value of ones.subarray(0, 9)) expect(Math.abs(value)).toBeLessThan(1e-14);
  });

  it.each([
    [128, 8],
    [192, 59],
    [256, 23],
  ])('of %i x %i products: as many as the rank are there, the rest is 0', (n, rank) => {
    const rows = pseudoRandom(n * rank);
    const products = Float64Array.from({ length: n * n }, (_, index) => {
      const [i, j] = [Math.floor(index / n), index % n];
      let sum = 0;
      for (let k = 0; k < rank; k++) sum += rows[i * rank + k] * rows[j * rank + k];
      return sum;
    });
    const trace = products.reduce((sum, value, index) => (index % (n + 1) === 0 ? sum + value : sum), 0);
    const values = symmetricEigenvalues(products, n);
    expect(values.reduce((sum, value) => sum + value) / trace).toBeCloseTo(1, 12);
    const largest = values[n - 1];
    values.forEach((value, k) => {
      if (k < n - rank) expect(Math.abs(value)).toBeLessThan(1e-12 * largest);
      else expect(value).toBeGreaterThan(1e-6 * largest);
    });
  });

  it('read the lower triangle only', () => {
    const values = symmetricEigenvalues(Float64Array.of(2, 99, 1, 2), 2);
    expect(values[0]).toBeCloseTo(1, 14);
    expect(values[1]).toBeCloseTo(3, 14);
  });
});

/** A^T A, computed directly. */
function gram(rows: Float64Array, n: number, d: number): number[][] {
  return Array.from({ length: d }, (_, a) =>
    Array.from({ length: d }, (_, b) => {
      let sum = 0;
      for (let i = 0; i < n; i++) sum += rows[i * d + a] * rows[i * d + b];
      return sum;
    }),
  );
}

/** By elimination; the matrix is positive definite, so no pivoting is needed. */
function determinant(matrix: number[][], d: number): number {
  let product = 1;
  for (let k = 0; k < d; k++) {
    product *= matrix[k][k];
    for (let i = k + 1; i < d; i++) {
      const factor = matrix[i][k] / matrix[k][k];
      for (let j = k; j < d; j++) matrix[i][j] -= factor * matrix[k][j];
    }
  }
  return product;
}
