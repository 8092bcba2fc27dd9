import { expect, test } from 'vitest';
import { differs, exceeds, meanOf, shareOf, standardError } from '../../../src/domain/accuracy';

test('300 queries at 58.3 % have a standard error of 2.8 points', () => {
  expect(100 * standardError(0.583, 300)).toBeCloseTo(2.8, 1);
  expect(standardError(0, 10)).toBe(0);
  expect(standardError(0.5, 0)).toBeNaN();
});

test('two figures differ beyond two combined standard errors, and not within', () => {
  const a = shareOf(0.58, 300);
  expect(differs(a, shareOf(0.63, 300))).toBe(false);
  expect(differs(a, shareOf(0.67, 300))).toBe(true);
  expect(differs(shareOf(0.58, 10_000), shareOf(0.63, 10_000))).toBe(true);
  expect(differs(a, { value: Number.NaN, standardError: 0 })).toBe(false);
});

test('exceeds has a direction', () => {
  const low = shareOf(0.4, 300);
  const high = shareOf(0.6, 300);
  expect(exceeds(high, low)).toBe(true);
  expect(exceeds(low, high)).toBe(false);
  expect(exceeds(high, high)).toBe(false);
});

test('the mean over seeds is no more certain than the seeds agree', () => {
  const spread = meanOf([0.5, 0.6, 0.7].map((value) => ({ value, standardError: 0.001 })));
  expect(spread.value).toBeCloseTo(0.6);
  expect(spread.standardError).toBeCloseTo(0.1 / Math.sqrt(3));
  const equal = meanOf([0.6, 0.6, 0.6].map((value) => ({ value, standardError: 0.02 })));
  expect(equal.standardError).toBeCloseTo(0.02);
  expect(() => meanOf([])).toThrow(RangeError);
});
