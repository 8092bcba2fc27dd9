import { describe, expect, it } from 'vitest';
import { countsOf, planRounds, type RunCost, replanRounds } from '../../../../src/engine/run/suit/plan';

const LIMITS = { batchSize: 64, imagesOfRun: 1e9 };
const costs = (count: number, perImage: number, fixed = 1000): RunCost[] =>
  Array.from({ length: count }, () => ({ fixed, perImage }));

/** What the rounds take at most. */
const timeOf = (rounds: readonly { candidates: number; images: number }[], perImage: number, fixed = 1000) =>
  rounds.reduce((sum, { candidates, images }) => sum + candidates * (fixed + images * perImage), 0);

function roundsWithin(milliseconds: number, perImage: number, limits = LIMITS) {
  const planned = planRounds(milliseconds, costs(16, perImage), limits);
  return 'rounds' in planned ? planned.rounds : [];
}

describe('the rounds of a search', () => {
  it('keep the better half, and the person’s settings on top of it', () => {
    expect([16, 8, 4, 2].map(countsOf)).toEqual([[16, 9, 5, 3], [8, 5, 3], [4, 3], [2]]);
  });

  it.each([60_000, 180_000, 600_000])('end within %i ms, and use most of it', (milliseconds) => {
    for (const perImage of [0.1, 0.4, 1, 2, 5]) {
      const rounds = roundsWithin(milliseconds, perImage);
      expect(rounds.length).toBeGreaterThan(0);
      const taken = timeOf(rounds, perImage);
      expect(taken).toBeLessThanOrEqual(0.9 * milliseconds);
      expect(taken).toBeGreaterThan(0.85 * milliseconds);
      expect(rounds.map(({ images }, r) => images / 2 ** r)).toEqual(rounds.map(() => rounds[0]!.images));
    }
  });

  it('have more candidates where there is time for as many images as in the measured search', () => {
    const count = (perImage: number) => roundsWithin(180_000, perImage)[0]?.candidates;
    expect([0.2, 1, 3, 8, 30].map(count)).toEqual([16, 8, 8, 4, 2]);
    expect(roundsWithin(180_000, 0.2)[0]?.images).toBeGreaterThan(2560);
    expect(roundsWithin(180_000, 3)[0]?.images).toBeLessThan(2560);
  });

  it('are planned by the slowest candidates', () => {
    const mixed = [...costs(1, 1), ...costs(7, 3)];
    const planned = planRounds(120_000, mixed, LIMITS);
    if (!('rounds' in planned)) throw new Error('there was time');
    expect(timeOf(planned.rounds.slice(1), 3) + 8000 + planned.rounds[0]!.images * 22).toBeLessThanOrEqual(108_000);
  });

  it('are no longer than the person’s run', () => {
    const rounds = roundsWithin(600_000, 0.1, { ...LIMITS, imagesOfRun: 32_000 });
    expect(rounds.map(({ images }) => images)).toEqual([4000, 8000, 16_000, 32_000]);
    expect(timeOf(rounds, 0.1)).toBeLessThan(300_000);
  });

  it('are none where not even two runs fit: the time needed is told', () => {
    const planned = planRounds(60_000, costs(16, 60, 5000), LIMITS);
    expect(planned).toEqual({ millisecondsNeeded: (10_000 + 2 * 640 * 60) / 0.9 });
    if (!('millisecondsNeeded' in planned)) return;
    expect(planRounds(planned.millisecondsNeeded + 1, costs(16, 60, 5000), LIMITS)).toHaveProperty('rounds');
  });

  it('need at least ten steps of large batches', () => {
    const rounds = roundsWithin(60_000, 10, { ...LIMITS, batchSize: 256 });
    expect(rounds).toEqual([{ candidates: 2, images: expect.any(Number) }]);
    expect(rounds[0]!.images).toBeGreaterThanOrEqual(2560);
    expect(roundsWithin(60_000, 12, { ...LIMITS, batchSize: 256 })).toEqual([]);
  });
});

describe('planning anew', () => {
  it('shortens the rounds that are left where runs took longer, and lengthens them where they took less', () => {
    const next = (milliseconds: number) => replanRounds(milliseconds, [5, 3], costs(5, 1), LIMITS, 1000);
    expect(next(40_000).map(({ images }) => images)).toEqual([2545, 5090]);
    expect(next(30_000)[0]!.images).toBeLessThan(2000);
    expect(timeOf(next(30_000), 1)).toBeLessThanOrEqual(27_000);
    expect(next(18_000)).toEqual([]);
  });
});
