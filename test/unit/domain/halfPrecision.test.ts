import { expect, it } from 'vitest';
import { fromHalves, halfBits, halfValue, toHalves } from '../../../src/domain/halfPrecision';

it.each([
  [0, 0x0000],
  [1, 0x3c00],
  [-2, 0xc000],
  [65504, 0x7bff],
  [65519.99, 0x7bff],
  [65520, 0x7c00],
  [Number.NEGATIVE_INFINITY, 0xfc00],
  [2 ** -14, 0x0400],
  [2 ** -24, 0x0001],
  [2 ** -25, 0x0000],
  [1.5 * 2 ** -24, 0x0002],
  [2 ** -14 - 2 ** -26, 0x0400],
  [1 / 3, 0x3555],
  // Halfway between two numbers: the even one.
  [1 + 2 ** -11, 0x3c00],
  [1 + 3 * 2 ** -11, 0x3c02],
])('the half-precision number nearest to %d has the bits %i', (value, bits) => {
  expect(halfBits(value)).toBe(bits);
});

it('every half-precision number comes back from its value, and what is no number stays none', () => {
  for (let bits = 0; bits < 0x10000; bits++) {
    const value = halfValue(bits);
    if (Number.isNaN(value)) expect(Number.isNaN(halfValue(halfBits(value)))).toBe(true);
    else if (halfBits(value) !== bits) throw new Error(`bits ${bits}`);
  }
});

it('coordinates lose less than 0.0003', () => {
  const values = Array.from({ length: 2001 }, (_, i) => (i - 1000) / 1000);
  fromHalves(toHalves(values)).forEach((value, i) => {
    expect(Math.abs(value - values[i]!)).toBeLessThan(0.0003);
  });
});
