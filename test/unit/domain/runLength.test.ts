import { expect, it } from 'vitest';
import { presetConfig } from '../../../src/domain/presets';
import type { LiveChange } from '../../../src/domain/runConfig';
import { endOfRun } from '../../../src/domain/runLength';
import { decodeShareLink, encodeShareLink } from '../../../src/domain/shareLink';

const config = { ...presetConfig('tiny'), totalSteps: 1000 };

it.each<[what: string, changes: readonly LiveChange[], end: number]>([
  ['no change', [], 1000],
  ['another setting changed', [[4, 'stopGradient', false]], 1000],
  ['more steps after the end', [[1000, 'totalSteps', 1500]], 1500],
  ['fewer than it has done', [[300, 'totalSteps', 100]], 300],
  [
    'shortened, then continued',
    [
      [300, 'totalSteps', 100],
      [300, 'totalSteps', 400],
    ],
    400,
  ],
])('a run of 1000 steps, %s', (_, changes, end) => {
  expect(endOfRun(config, changes)).toBe(end);
});

it('a link carries a change of the length', () => {
  const run = { config, changes: [[1000, 'totalSteps', 1500] as const], folder: null };
  expect(decodeShareLink(encodeShareLink(run))).toEqual({ run, notices: [] });
});
