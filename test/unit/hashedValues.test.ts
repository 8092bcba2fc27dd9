import { expect, it } from 'vitest';
import { drawn, pinnedError, pinsOf } from '../setup/hashedValues';

it('values are those of scripts/golden/resnets.py', () => {
  const values = [1.228393793106079, 1.1843208074569702, 0.9163994789123535, -1.1666821241378784];
  expect([...drawn('3/conv1.weight', 4, [1, -1, 0.25])]).toEqual(values);
  const pins = { norm: 5.47722558, projections: [-4, 0, 8, -2, -2, 10, -8, -4], first: [0, 1, 2, 3] };
  expect(pinnedError(pinsOf('a', Float32Array.of(0, 1, 2, 3, 4), pins), pins)).toBeLessThan(1e-8);
});

it('pins tell a tensor from one with other entries, or the same in another order', () => {
  const values = drawn('values', 1000, [0, 0, 1]);
  const pins = pinsOf('values', values, { norm: 0, projections: Array(8).fill(0), first: [0, 0] });
  const errorOf = (other: Float32Array) => pinnedError(pinsOf('values', other, pins), pins);
  expect(errorOf(values)).toBe(0);
  expect(errorOf(values.with(500, values[500]! + 0.1))).toBeGreaterThan(0.1 / pins.norm / 2);
  const swapped = values.with(500, values[501]!).with(501, values[500]!);
  expect(errorOf(swapped)).toBeGreaterThan(0.01);
  expect(errorOf(values.map((value) => -value))).toBeGreaterThan(1);
  expect(errorOf(values.with(7, Number.NaN))).toBeNaN();
});
