import { describe, expect, it } from 'vitest';
import { MOST_POINTS, thinned } from '../../../src/domain/thinnedSeries';
import { Series, SeriesSet } from '../../../src/session/run/series';

function filled(count: number, valueAt: (step: number) => number): Series {
  const series = new Series();
  for (let step = 1; step <= count; step++) series.push(step, valueAt(step));
  return series;
}

describe('Series', () => {
  it('keeps every point, past the first capacity', () => {
    const series = filled(1000, (step) => step * 2);
    expect(series.length).toBe(1000);
    expect(series.last()).toEqual({ step: 1000, value: 2000 });
    expect(series.decimated(2000)).toHaveLength(1000);
    expect(series.decimated(2000)[499]).toEqual({ step: 500, value: 1000 });
  });

  it('drops a point that is not after the last', () => {
    const series = filled(3, (step) => step);
    series.push(3, 99);
    series.push(2, 99);
    expect(series.length).toBe(3);
    expect(series.last()).toEqual({ step: 3, value: 3 });
  });

  it.each([401, 1000, 4097, 100_000])('draws %i points with at most 400, ends and extremes included', (count) => {
    const series = filled(count, (step) => (step === 317 ? 50 : step === 391 ? -50 : Math.sin(step)));
    const points = series.decimated(400);
    expect(points.length).toBeLessThanOrEqual(400);
    expect(points.length).toBeGreaterThan(95);
    expect(points).toContainEqual({ step: 317, value: 50 });
    expect(points).toContainEqual({ step: 391, value: -50 });
    expect(points.at(-1)?.step).toBe(count);
    expect(points.every((point, i) => i === 0 || point.step > (points[i - 1]?.step ?? 0))).toBe(true);
  });

  it('keeps a bounded number of points, of which charts show the same as of all', () => {
    const valueAt = (step: number) => (step === 70_001 ? 9 : Math.sin(step * 12.9898) * Math.cos(step / 977));
    const steps = Array.from({ length: 100_000 }, (_, i) => i + 1);
    const whole = { steps, values: steps.map(valueAt) };
    const series = new Series();
    for (const step of steps) {
      series.push(step, valueAt(step));
      expect(series.length).toBeLessThanOrEqual(MOST_POINTS);
      if (step % 4999 > 0) continue;
      const shown = thinned(whole, step, 400).map((i) => ({ step: steps[i], value: whole.values[i] }));
      expect(series.decimated(400)).toEqual(shown);
    }
    expect(series.decimated(400)).toContainEqual({ step: 70_001, value: 9 });
    expect(series.last()).toEqual({ step: 100_000, value: valueAt(100_000) });
  });

  it('respects the limit wherever the steps begin', () => {
    for (let start = 0; start < 70; start++) {
      const series = new Series();
      for (let i = 0; i < 1500; i++) series.push(start + i, i % 7);
      expect(series.decimated(100).length).toBeLessThanOrEqual(100);
    }
  });

  it('leaves drawn points where they are while the series grows within the same width', () => {
    const noise = (step: number) =>
      Math.sin(step * 12.9898) * 43758.5453 - Math.floor(Math.sin(step * 12.9898) * 43758.5453);
    const before = filled(1100, noise).decimated(400);
    const after = filled(1200, noise).decimated(400);
    // All points except those of the last interval, which was still incomplete.
    expect(after.slice(0, before.length - 3)).toEqual(before.slice(0, -3));
  });

  it('leaves out non-finite values, also at the end', () => {
    const few = filled(5, (step) => (step === 3 ? Number.NaN : step));
    expect(few.decimated(400).map((point) => point.step)).toEqual([1, 2, 4, 5]);
    const many = filled(5000, (step) => (step % 10 === 0 ? Number.POSITIVE_INFINITY : step));
    expect(many.decimated(400).every((point) => Number.isFinite(point.value))).toBe(true);
  });

  it('thins 100,000 points in linear time', () => {
    const steps = Float64Array.from({ length: 100_000 }, (_, i) => i);
    const values = Float64Array.from({ length: 100_000 }, (_, i) => Math.cos(i));
    const times: [ours: number, reference: number][] = [];
    const timed = (work: () => unknown) => {
      const { user } = process.cpuUsage();
      for (let n = 0; n < 5; n++) work();
      return process.cpuUsage().user - user;
    };
    const sorted = () => Float64Array.from(values).sort();
    for (let round = 0; round < 3; round++)
      times.push([timed(() => thinned({ steps, values }, steps.length, 400)), timed(sorted)]);
    // Sorting them takes up to ten times as long, and a time that grows with the square would be thousands of times as long. The best round of
    // each is compared, because of other load.
    const best = (side: 0 | 1) => Math.min(...times.map((round) => round[side]));
    expect(best(0)).toBeLessThan(10 * best(1));
  });
});

describe('SeriesSet', () => {
  it('adds only what was measured at a step, and clears all of it', () => {
    const set = new SeriesSet();
    set.add({ step: 1, loss: -0.1 });
    set.add({ step: 2, loss: -0.2, knn: 0.5 });
    expect(set.get('loss').length).toBe(2);
    expect(set.get('knn').last()).toEqual({ step: 2, value: 0.5 });
    expect(set.get('effectiveRank').last()).toBeNull();
    set.clear();
    expect(set.get('loss').length).toBe(0);
  });
});
