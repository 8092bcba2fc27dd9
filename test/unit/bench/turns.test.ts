import { expect, it } from 'vitest';
import { digits } from '../../../src/bench/cells';
import { takeTurns } from '../../../src/bench/turns';

/** A clock that only the contenders advance, so that the measured times are known. */
function fakeTime() {
  let now = 0;
  const order: string[] = [];
  const contender = (name: string, costs: readonly number[]) => {
    let step = 0;
    return {
      step() {
        order.push(name);
        now += costs[Math.min(step++, costs.length - 1)];
      },
      async finish() {},
      dispose() {},
    };
  };
  return { clock: { wallMs: () => now, processorMs: () => null }, order, contender };
}

it('leaves the first step out, takes turns and keeps the best', async () => {
  const { clock, order, contender } = fakeTime();
  const contenders = { a: contender('a', [5000, 400, 300, 350]), b: contender('b', [9000, 200]) };
  const times = await takeTurns(contenders, clock, { rounds: 3, budgetMs: 60_000 });
  expect(order.join('')).toBe('aabb' + 'abab');
  expect(times.a.wallMs).toBe(300);
  expect(times.b.wallMs).toBe(200);
  expect(times.a.medianMs).toBe(350);
  expect(times.a.processorMs).toBeNull();
});

it('tells the median of all turns of equal length', async () => {
  const { clock, contender } = fakeTime();
  const contenders = {
    single: contender('a', [5000, 400, 300, 900, 320]),
    // Turns of two steps: 30, 30, 20, 20. The single step of 50 only decides how many make a turn.
    double: contender('b', [9000, 50, 30, 30, 30, 30, 20]),
  };
  const times = await takeTurns(contenders, clock, { rounds: 4, budgetMs: 60_000 });
  expect(times.single).toMatchObject({ wallMs: 300, medianMs: 360 });
  expect(times.double).toMatchObject({ wallMs: 20, medianMs: 25 });
});

it('makes many short steps in a turn, and fewer turns where time is short', async () => {
  const { clock, order, contender } = fakeTime();
  const times = await takeTurns({ short: contender('s', [10]) }, clock, { rounds: 3, budgetMs: 0 });
  expect(times.short.wallMs).toBe(10);
  expect(order).toHaveLength(2 + 10);
});

it('shows three digits', () => {
  expect([0.012_34, 1.2345, 99.96, 12_345.6, null].map(digits)).toEqual(['0.0123', '1.23', '100', '12,346', '–']);
});
