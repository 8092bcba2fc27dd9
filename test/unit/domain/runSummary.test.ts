import { expect, it } from 'vitest';
import { runSummary } from '../../../src/domain/experiments/runSummary';

it('a summary holds what was measured, with the std in units of 1/sqrt(d)', () => {
  expect(
    runSummary(40, 64, { loss: -0.8, outputStd: 0.125, effectiveRank: 30, knn: 0.7, untrainedKnn: 0.5, probe: 0.75 }),
  ).toEqual({
    steps: 40,
    loss: -0.8,
    relativeStd: 1,
    effectiveRank: 30,
    knn: 0.7,
    untrainedKnn: 0.5,
    probe: 0.75,
  });
  expect(runSummary(3, 64, { loss: Number.NaN, outputStd: Number.POSITIVE_INFINITY, knn: null })).toEqual({
    steps: 3,
    loss: null,
    relativeStd: null,
    effectiveRank: null,
    knn: null,
    untrainedKnn: null,
    probe: null,
  });
});
