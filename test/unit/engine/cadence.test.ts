import { describe, expect, it } from 'vitest';
import { dueAfter } from '../../../src/engine/run/cadence';

const CONFIG = {
  probe: { every: 25, images: 64 },
  knn: { every: 200, k: 5, temperature: 0.1, bank: 64, queries: 32 },
  totalSteps: 2010,
  batchSize: 64,
};

/** Steps from 0 to the end after which something is due, in a run with these changes in flight. */
function steps(what: 'probe' | 'ranks' | 'accuracies' | 'keep', changes: readonly number[] = [], config = CONFIG) {
  const all = Array.from({ length: config.totalSteps + 1 }, (_, step) => step);
  return all.filter((step) => {
    const last = changes.filter((change) => change < step).at(-1) ?? 0;
    return dueAfter(step, config, last)[what];
  });
}

const multiples = (of: number, from: number, to: number) =>
  Array.from({ length: to + 1 }, (_, step) => step).filter((step) => step >= from && step % of === 0);

describe('what is due after a step', () => {
  it('ranks: with every probe for 400 steps, then with every fourth, and at the last step', () => {
    expect(steps('ranks')).toEqual([...multiples(25, 0, 400), ...multiples(100, 401, 2000), 2010]);
  });

  it('ranks: with every probe again for 400 steps after a change in flight', () => {
    expect(steps('ranks', [910, 1000])).toEqual([
      ...multiples(25, 0, 400),
      ...multiples(100, 401, 910),
      ...multiples(25, 911, 1400),
      ...multiples(100, 1401, 2000),
      2010,
    ]);
  });

  it('the probe and the accuracies: by their settings, and at the last step', () => {
    expect(steps('probe')).toEqual([...multiples(25, 0, 2000), 2010]);
    expect(steps('accuracies')).toEqual([0, 25, 50, 100, ...multiples(200, 200, 2000), 2010]);
  });

  it('the accuracies: early ones at doubling steps, where they cost little beside the steps so far', () => {
    const every = { ...CONFIG, knn: { ...CONFIG.knn, every: 500 } };
    expect(steps('accuracies', [], every).slice(0, 8)).toEqual([0, 25, 50, 100, 200, 400, 500, 1000]);
    // 60,000 images cost as much as 313 steps of 32 images, so that step 400 is too early.
    const dear = { ...every, batchSize: 32, knn: { ...every.knn, bank: 50_000, queries: 10_000 } };
    expect(steps('accuracies', [], dear).slice(0, 3)).toEqual([0, 500, 1000]);
  });

  it('nothing is measured where the settings say 0, not even at the last step', () => {
    const off = { ...CONFIG, probe: { ...CONFIG.probe, every: 0 }, knn: { ...CONFIG.knn, every: 0 } };
    for (const what of ['probe', 'ranks', 'accuracies'] as const) expect(steps(what, [3], off)).toEqual([]);
  });

  it('the state is kept every hundred steps', () => {
    expect(steps('keep')).toEqual(multiples(100, 0, 2000));
  });
});
