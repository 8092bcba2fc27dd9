import { describe, expect, it } from 'vitest';
import type { ChartDescription } from '../../../src/ui/charts/chartDescription';
import { frameOf, stepWords, tickWords, valueAt } from '../../../src/ui/charts/chartFrame';
import { keptRun } from '../../setup/runRecord';

const CHART: ChartDescription = {
  title: 'Output std',
  axis: 'output std',
  lines: [{ series: 'outputStd', name: 'output std', tone: 'main' }],
  least: [0, 0.02],
  decimals: 4,
  references: ({ live, others }) =>
    [...(live === null ? [] : [live]), ...others].map(({ inverseSqrtD }, i) => ({ name: `${i}`, value: inverseSqrtD })),
};
const curve = (...points: [number, number][]) => points.map(([step, value]) => ({ step, value }));

describe('a chart’s frame', () => {
  it('contains every curve and the step of the run on the page', () => {
    const frame = frameOf(CHART, { live: null, others: [] }, 30, [curve([1, 0.1]), curve([1, 0.3], [450, 0.2])]);
    expect(frame.end).toBeGreaterThanOrEqual(450);
    expect(frame.domain[1]).toBeGreaterThanOrEqual(0.3);
    expect(frame.references).toEqual([]);
    expect(frameOf(CHART, { live: null, others: [] }, 800, [curve([1, 0.1])]).end).toBeGreaterThanOrEqual(800);
    expect(frameOf(CHART, { live: null, others: [] }, 0, []).end).toBe(10);
  });

  it('contains the reference lines', () => {
    const { baselines } = keptRun();
    const frame = frameOf(CHART, { live: null, others: [baselines!, { ...baselines!, inverseSqrtD: 0.5 }] }, 1, []);
    expect(frame.references).toHaveLength(2);
    expect(frame.domain[1]).toBeGreaterThan(0.5);
  });
});

it('formats ticks short, with equal decimals', () => {
  expect([500, 9000, 20_000, 1_500_000].map(stepWords)).toEqual(['500', '9000', '20k', '1.5M']);
  expect([-1, -0.5, 0].map((tick) => tickWords(tick, [-1, -0.5, 0]))).toEqual(['−1.0', '−0.5', '0.0']);
});

it('reads a curve at any step within its range', () => {
  const points = curve([5, 0.1], [10, 0.2], [20, 0.3]);
  expect([4, 5, 9, 10, 19, 20, 21].map((step) => valueAt(points, step))).toEqual([
    undefined,
    0.1,
    0.1,
    0.2,
    0.2,
    0.3,
    undefined,
  ]);
  expect(valueAt([], 0)).toBeUndefined();
});
