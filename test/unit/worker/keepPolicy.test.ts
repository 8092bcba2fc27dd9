import { describe, expect, it } from 'vitest';
import type { KeptFor, PointedStep } from '../../../src/storage/runPointer';
import { isWriteDue, type KeptSteps, NONE_KEPT, planWrite, withReasons } from '../../../src/worker/keepPolicy';

const MEGABYTE = 1e6;
const entry = (step: number, ...keptFor: KeptFor[]): PointedStep => ({ step, bytes: MEGABYTE, keptFor });
const kept = (last: number, ...steps: PointedStep[]): KeptSteps => ({ steps, last });
const stepsOf = ({ kept }: ReturnType<typeof planWrite>) => kept.steps.map(({ step }) => step);

describe('a training run is written', () => {
  it.each([
    ['after 30 s', { ms: 30_000, steps: 1, costMs: 10 }, true],
    ['not before', { ms: 29_999, steps: 499, costMs: 10 }, false],
    ['after 500 steps', { ms: 1000, steps: 500, costMs: 10 }, true],
    ['after 500 steps, but not so soon that it takes over 2 % of the time', { ms: 999, steps: 900, costMs: 20 }, false],
    [
      'after 500 steps of a fast run with a write that takes 20 ms: once a second',
      { ms: 1000, steps: 900, costMs: 20 },
      true,
    ],
    ['after 30 s, however long a write takes', { ms: 30_000, steps: 3, costMs: 5000 }, true],
  ])('%s', (_, since, due) => {
    expect(isWriteDue({ ...since, isFirst: false })).toBe(due);
  });

  it('for the first time after 5 s', () => {
    expect(isWriteDue({ ms: 4999, steps: 30, costMs: 0, isFirst: true })).toBe(false);
    expect(isWriteDue({ ms: 5000, steps: 30, costMs: 0, isFirst: true })).toBe(true);
  });
});

describe('with a write', () => {
  it('the first checkpoint is the last one', () => {
    expect(planWrite(NONE_KEPT, entry(30), 1e9)).toEqual({ kept: kept(30, entry(30)), drops: [], leftOut: 0 });
  });

  it('the last checkpoint takes the place of the one before', () => {
    expect(planWrite(kept(30, entry(30)), entry(60), 1e9)).toMatchObject({ kept: kept(60, entry(60)), drops: [30] });
  });

  it.each(['fork', 'change', 'power'] as const)('the one before stays where it is kept for a %s', (reason) => {
    const plan = planWrite(kept(70, entry(70, reason, 'power')), entry(90), 1e9);
    expect([stepsOf(plan), plan.drops]).toEqual([[70, 90], []]);
  });

  it('the first at or after each power of two from 64 on stays', () => {
    let now = NONE_KEPT;
    for (let step = 20; step <= 2000; step += 20) now = planWrite(now, entry(step), 1e9).kept;
    expect(now.steps.map(({ step }) => step)).toEqual([80, 140, 260, 520, 1040, 2000]);
    const spread = planWrite(planWrite(NONE_KEPT, entry(700), 1e9).kept, entry(900), 1e9);
    expect(stepsOf(spread)).toEqual([700, 900]);
  });

  it('a run that has gone back to its good weights goes on from there; later ones that are kept for something stay', () => {
    const before = kept(140, entry(80, 'power'), entry(130, 'change'), entry(140));
    const plan = planWrite(before, entry(100), 1e9);
    expect(plan).toMatchObject({ kept: { last: 100 }, drops: [140] });
    expect(stepsOf(plan)).toEqual([80, 100, 130]);
  });

  it('a checkpoint of the same step takes the place of the one there, and is not deleted', () => {
    const plan = planWrite(kept(50, entry(50), entry(70)), entry(70), 1e9);
    expect([stepsOf(plan), plan.drops]).toEqual([[70], [50]]);
  });

  it('those that could not be read stay', () => {
    expect(stepsOf(planWrite(kept(50, entry(50), entry(60)), entry(70), 1e9))).toEqual([60, 70]);
  });
});

describe('where the budget is exceeded', () => {
  const before = kept(
    300,
    entry(64, 'power'),
    entry(100, 'change'),
    entry(150, 'power'),
    entry(200, 'fork'),
    entry(300),
  );

  it.each([
    ['none is left out as long as all fit', 6, [64, 100, 150, 200, 310], 0],
    ['the first powers of two are deleted first', 4, [100, 150, 200, 310], 1],
    ['then the next ones', 3, [100, 200, 310], 2],
    ['then those before changes', 2, [200, 310], 3],
    ['the last one and those of forks stay', 0, [200, 310], 3],
    ['as they do where other runs take more than the budget', -5, [200, 310], 3],
  ])('%s', (_, megabytes, steps, leftOut) => {
    const plan = planWrite(before, entry(310), megabytes * MEGABYTE);
    expect(stepsOf(plan)).toEqual(steps);
    expect(plan.leftOut).toBe(leftOut * MEGABYTE);
    expect(plan.drops).toEqual([64, 100, 150, 300].filter((step) => !steps.includes(step)));
  });
});

describe('a reason to keep a checkpoint', () => {
  it('is added once, to the checkpoint of its step', () => {
    const steps = [entry(64, 'power'), entry(80)];
    expect(withReasons(steps, 64, ['change'])).toEqual([entry(64, 'power', 'change'), entry(80)]);
    expect(withReasons(withReasons(steps, 80, ['change']), 80, ['change'])).toEqual([
      entry(64, 'power'),
      entry(80, 'change'),
    ]);
    expect(withReasons(steps, 65, ['change'])).toEqual(steps);
  });
});
