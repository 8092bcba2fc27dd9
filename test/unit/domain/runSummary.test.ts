import { describe, expect, it } from 'vitest';
import { overSeeds, runSummary } from '../../../src/domain/experiments/runSummary';

const of = (value: number, standardError = 0) => ({ value, standardError, values: [value] });
const BASELINE = { untrained: 0.5, chance: 0.1, queries: 2100 };

describe('a summary', () => {
  it('holds what was measured, with the std in units of 1/sqrt(d) and the errors of accuracies', () => {
    const last = { loss: -0.8, outputStd: 0.125, effectiveRank: 30, knn: 0.7, baseline: BASELINE };
    expect(runSummary(40, 64, { ...last, state: 'learning' })).toEqual({
      steps: 40,
      seeds: 1,
      loss: of(-0.8),
      relativeStd: of(1),
      effectiveRank: of(30),
      knn: of(0.7, expect.closeTo(0.01, 10)),
      probe: null,
      untrainedKnn: of(0.5, expect.closeTo(Math.sqrt(0.25 / 2100), 10)),
      chance: 0.1,
      states: ['learning'],
    });
    expect(runSummary(3, 64, { loss: Number.NaN, outputStd: Number.POSITIVE_INFINITY, knn: null })).toEqual({
      steps: 3,
      seeds: 1,
      loss: null,
      relativeStd: null,
      effectiveRank: null,
      knn: null,
      probe: null,
      untrainedKnn: null,
      chance: null,
      states: [],
    });
  });

  it('over seeds has means, the value of each seed, and errors over seeds and queries', () => {
    const seed = (knn: number, loss: number) =>
      runSummary(40, 64, { loss, knn, baseline: { ...BASELINE, queries: 10_000 }, state: 'learning' });
    const both = overSeeds([seed(0.7, -0.8), seed(0.8, -0.9)]);
    expect(both.seeds).toBe(2);
    expect(both.knn).toEqual({
      value: expect.closeTo(0.75, 10),
      standardError: expect.closeTo(0.05, 10),
      values: [0.7, 0.8],
    });
    expect(both.loss?.value).toBeCloseTo(-0.85, 10);
    expect(both.states).toEqual(['learning', 'learning']);
    // A figure that one seed lacks is no mean.
    expect(overSeeds([seed(0.7, -0.8), seed(0.8, Number.NaN)]).loss).toBeNull();
    expect(() => overSeeds([])).toThrow(RangeError);
  });
});
