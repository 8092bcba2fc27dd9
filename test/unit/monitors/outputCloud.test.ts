import { describe, expect, it } from 'vitest';
import type { FeatureRows } from '../../../src/domain/features';
import { fromHalves } from '../../../src/domain/halfPrecision';
import { COSINE_BINS, MOST_SINGULAR_VALUES } from '../../../src/domain/outputFrame';
import { effectiveRank } from '../../../src/engine/monitors/effectiveRank';
import { normaliseRows } from '../../../src/engine/monitors/featureRows';
import { leadingDirections } from '../../../src/engine/monitors/leadingDirections';
import { outputCloud } from '../../../src/engine/monitors/outputCloud';
import { OutputFrames } from '../../../src/engine/monitors/outputFrames';
import { singularValues } from '../../../src/engine/monitors/singularValues';
import { constantRows, featureRows, pseudoRandom, randomRows } from './rows';

type Pose = NonNullable<ReturnType<typeof outputCloud>>['pose'];

function cloudOf(rows: FeatureRows, before: Pose = null) {
  const posed = outputCloud(rows, before);
  if (posed === null) throw new Error('not finite');
  return { ...posed, points: fromHalves(posed.cloud.points) };
}

/** The largest angle in radians between two sets of points of the sphere. */
function largestTurn(a: Float32Array, b: Float32Array): number {
  let largest = 0;
  for (let at = 0; at < a.length; at += 3) {
    const chord = Math.hypot(a[at]! - b[at]!, a[at + 1]! - b[at + 1]!, a[at + 2]! - b[at + 2]!);
    largest = Math.max(largest, 2 * Math.asin(Math.min(1, chord / 2)));
  }
  return largest;
}

/** n rows near one point of the sphere in d dimensions, with seeded noise of this size in each coordinate. */
function onePoint(n: number, d: number, noise: number, seed: number): FeatureRows {
  const random = pseudoRandom(n * d, seed);
  return { data: random.map((value, i) => (i % d === 1 ? 1 : 0) + noise * value), n, d };
}

/** A ring with its mean away from the origin and some noise in further dimensions, turned by `angle` about its axis. */
function ring(n: number, d: number, angle: number, seed: number): FeatureRows {
  const random = pseudoRandom(n * d, seed);
  const data = random.map((value, at) => {
    const [i, c] = [Math.floor(at / d), at % d];
    const turn = (2 * Math.PI * i) / n + angle;
    return [0.7, 1.1 * Math.cos(turn), Math.sin(turn)][c] ?? 0.05 * value;
  });
  return { data, n, d };
}

describe('the points of a frame', () => {
  it.each([1, 2, 3])('are the outputs themselves, normalised, for d = %i', (d) => {
    const rows = randomRows(20, d);
    const { points, cloud, pose } = cloudOf(rows);
    const unit = normaliseRows(rows);
    for (let i = 0; i < 20; i++) {
      for (let c = 0; c < 3; c++) {
        expect(points[i * 3 + c]!).toBeCloseTo(c < d ? unit[i * d + c]! : 0, 3);
      }
    }
    expect(cloud.share).toBe(1);
    expect(pose).toBeNull();
  });

  it.each([
    [60, 16],
    [40, 128],
  ])('lie on the sphere, %i images in %i dimensions, and the share is that of the leading singular values', (n, d) => {
    const { points, cloud } = cloudOf(ring(n, d, 0, 1));
    for (let i = 0; i < n; i++) {
      expect(Math.hypot(points[i * 3]!, points[i * 3 + 1]!, points[i * 3 + 2]!)).toBeCloseTo(1, 3);
    }
    const values = singularValues(normaliseRows(ring(n, d, 0, 1)), n, d);
    const best = values.subarray(0, 3).reduce((sum, value) => sum + value * value, 0) / n;
    expect(cloud.share).toBeLessThanOrEqual(best + 1e-9);
    expect(cloud.share).toBeGreaterThan(best - 1e-3);
  });

  it('keep the cosines of outputs that lie in three of many dimensions', () => {
    const flat = randomRows(30, 3);
    const d = 50;
    const data = new Float32Array(30 * d);
    for (let i = 0; i < 30; i++) for (let c = 0; c < 3; c++) data[i * d + 7 * c + 2] = flat.data[i * 3 + c]!;
    const { points, cloud } = cloudOf({ data, n: 30, d });
    const unit = normaliseRows(flat);
    const cosine = (of: ArrayLike<number>, i: number, j: number) =>
      [0, 1, 2].reduce((sum, c) => sum + of[i * 3 + c]! * of[j * 3 + c]!, 0);
    for (let i = 0; i < 30; i++) {
      for (let j = 0; j < 30; j++) expect(cosine(points, i, j)).toBeCloseTo(cosine(unit, i, j), 2);
    }
    expect(cloud.share).toBeCloseTo(1, 6);
  });

  it('of a collapse are one dot', () => {
    const { points, cloud } = cloudOf(onePoint(50, 64, 1e-4, 1));
    expect(
      largestTurn(
        points,
        points.map((_, at) => points[at % 3]!),
      ),
    ).toBeLessThan(0.01);
    expect(cloud.meanCosine).toBeGreaterThan(0.999);
    expect(cloud.cosines[COSINE_BINS - 1]).toBe(1);
    expect(cloud.singularValues[0]).toBeCloseTo(1, 4);
    expect(cloud.singularValues[1]).toBeLessThan(0.01);
  });
});

describe('from frame to frame', () => {
  it.each([
    [100, 20],
    [30, 64],
  ])('noise on one point turns no point by more than the noise, %i images in %i dimensions', (n, d) => {
    for (const noise of [1e-7, 1e-4, 1e-2]) {
      let before = cloudOf(onePoint(n, d, noise, 1));
      for (let seed = 2; seed < 12; seed++) {
        const now = cloudOf(onePoint(n, d, noise, seed), before.pose);
        // A row leaves the point by at most noise x sqrt(d), in either frame; half precision adds 0.001.
        expect(largestTurn(now.points, before.points)).toBeLessThan(2 * noise * Math.sqrt(d) + 0.001);
        before = now;
      }
    }
  });

  it('an exact point stays where it is', () => {
    const first = cloudOf(constantRows(40, 64));
    const second = cloudOf(constantRows(40, 64), first.pose);
    expect(largestTurn(second.points, first.points)).toBeLessThan(0.001);
  });

  it('a ring that has not changed stays, whatever the signs and the order of its directions', () => {
    let before = cloudOf(ring(60, 32, 0, 1));
    for (let seed = 2; seed < 10; seed++) {
      const now = cloudOf(ring(60, 32, 0, seed), before.pose);
      expect(largestTurn(now.points, before.points)).toBeLessThan(0.15);
      before = now;
    }
  });

  it('an opening cloud comes out of its point without a jump', () => {
    const n = 50;
    const d = 40;
    const shape = pseudoRandom(n * d, 7);
    let before: ReturnType<typeof cloudOf> | null = null;
    for (let size = 0.001; size < 0.3; size *= 1.2) {
      const data = shape.map((value, i) => (i % d === 0 ? 1 : 0) + (size * value) / Math.sqrt(d));
      const now: ReturnType<typeof cloudOf> = cloudOf({ data, n, d }, before?.pose ?? null);
      if (before !== null) expect(largestTurn(now.points, before.points)).toBeLessThan(size + 0.002);
      before = now;
    }
  });

  it('two opposite clumps stay on their sides', () => {
    const clumps = (seed: number): FeatureRows => {
      const data = pseudoRandom(40 * 24, seed).map((value, at) =>
        at % 24 === 0 ? (Math.floor(at / 24) % 3 === 0 ? -1 : 1) : 0.02 * value,
      );
      return { data, n: 40, d: 24 };
    };
    let before = cloudOf(clumps(1));
    for (let seed = 2; seed < 8; seed++) {
      const now = cloudOf(clumps(seed), before.pose);
      expect(largestTurn(now.points, before.points)).toBeLessThan(0.15);
      before = now;
    }
  });
});

describe('the numbers of a frame', () => {
  it('are the shares of pairs by cosine, and the mean of these cosines', () => {
    const { cloud } = cloudOf(
      featureRows([
        [1, 0],
        [2, 0],
        [0, 3],
        [-1, 0],
      ]),
    );
    // Of six pairs one is equal, two are opposite and three orthogonal.
    const shares = Object.fromEntries(
      [...cloud.cosines].map((share, bin) => [bin, share]).filter(([, share]) => share),
    );
    expect(shares[COSINE_BINS - 1]).toBeCloseTo(1 / 6, 6);
    expect(shares[0]).toBeCloseTo(2 / 6, 6);
    expect(shares[COSINE_BINS / 2]).toBeCloseTo(3 / 6, 6);
    expect(cloud.meanCosine).toBeCloseTo(-1 / 6, 6);
  });

  it.each([
    [100, 20],
    [20, 300],
  ])('are the largest singular values divided by sqrt(N), and the same rank as measured alone (%i x %i)', (n, d) => {
    const rows = randomRows(n, d);
    const { cloud } = cloudOf(rows);
    const values = singularValues(normaliseRows(rows), n, d);
    expect(cloud.singularValues).toHaveLength(Math.min(n, d, MOST_SINGULAR_VALUES));
    expect(cloud.singularValues[3]).toBeCloseTo(values[3]! / Math.sqrt(n), 6);
    expect(cloud.effectiveRank).toBe(effectiveRank(rows).effectiveRank);
    expect(cloud.cosines.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 5);
  });

  it('are none where an output is not finite', () => {
    const rows = randomRows(10, 8);
    rows.data[13] = Number.NaN;
    expect(outputCloud(rows, null)).toBeNull();
    const frames = new OutputFrames();
    expect(frames.next(0, { z: rows, p: null, features: randomRows(10, 4) })).toBeNull();
    expect(frames.next(1, { z: randomRows(10, 8), p: null, features: randomRows(10, 4) })).toMatchObject({
      step: 1,
      p: null,
    });
  });

  it('have an answer for one image, zero outputs and few images', () => {
    expect(cloudOf(randomRows(1, 8)).cloud).toMatchObject({ meanCosine: 0, effectiveRank: 1 });
    expect(cloudOf(randomRows(2, 8)).cloud.share).toBeCloseTo(1, 6);
    const zeros = cloudOf({ data: new Float32Array(5 * 8), n: 5, d: 8 });
    expect(zeros.points.every((value) => value === 0)).toBe(true);
    expect(zeros.cloud).toMatchObject({ share: 0, meanCosine: 0, effectiveRank: 0 });
  });
});

describe('leading directions', () => {
  it('are those of the largest eigenvalues', () => {
    const n = 12;
    const matrix = new Float64Array(n * n);
    for (let i = 0; i < n; i++) matrix[i * n + i] = 2 ** -i;
    const { directions, eigenvalues, count } = leadingDirections(matrix, n, null);
    expect([...eigenvalues.subarray(0, 3)].map((value) => Number(value.toFixed(4)))).toEqual([1, 0.5, 0.25]);
    for (let k = 0; k < 3; k++) expect(Math.abs(directions[k * count + k]!)).toBeGreaterThan(0.99);
  });

  it('stay as they are where all eigenvalues are equal or zero', () => {
    for (const value of [1, 0]) {
      const n = 20;
      const matrix = new Float64Array(n * n);
      for (let i = 0; i < n; i++) matrix[i * n + i] = value;
      const first = leadingDirections(matrix, n, null);
      const second = leadingDirections(matrix, n, first);
      second.directions.forEach((direction, i) => {
        expect(direction).toBeCloseTo(first.directions[i]!, 9);
      });
    }
  });
});
