import { expect, it } from 'vitest';
import { sampleOf } from '../setup/matrix';

const CASES = ['a', 'b', 'c'];

it('the long run has every case, the short one the representatives', () => {
  expect(sampleOf(CASES, undefined, true)).toEqual(CASES);
  expect(sampleOf(CASES, undefined, false)).toEqual(['a']);
  expect(sampleOf(CASES, (one) => one !== 'b', false)).toEqual(['a', 'c']);
});

it('a matrix without a representative is an error', () => {
  expect(() => sampleOf(CASES, () => false, false)).toThrow('No case stands for the matrix');
});
