import { expect, it } from 'vitest';
import { sampleOf } from '../setup/matrix';

const CASES = ['a', 'b', 'c'];

it('the long run has every case, the short one those that stand for the rest', () => {
  expect(sampleOf(CASES, undefined, true)).toEqual(CASES);
  expect(sampleOf(CASES, undefined, false)).toEqual(['a']);
  expect(sampleOf(CASES, (one) => one !== 'b', false)).toEqual(['a', 'c']);
});

it('a sample of nothing is an error, not a run that checks nothing', () => {
  expect(() => sampleOf(CASES, () => false, false)).toThrow('No case stands for the matrix');
});
