import { type FunctionBuilder, f32, f32x4, f64, type Local, type Value } from './assembler';
import { eachVector } from './elementwise';
import type { Variant } from './kernel';
import { loadLanes, multiplyAdd } from './lanes';

/** Below this a row counts as zero; the square of `MIN_NORM`, where the engine normalises rows. */
export const LEAST_SQUARES = 1e-16;

/** The sum of the four lanes. */
export function laneSum(a: Local<'v128'>): Value<'f32'> {
  return f32.add(f32.add(f32x4.lane(a, 0), f32x4.lane(a, 1)), f32.add(f32x4.lane(a, 2), f32x4.lane(a, 3)));
}

/** For each of the pairs of rows of `length` floats the sum of their products, in float64. */
export function dotProducts(
  f: FunctionBuilder,
  variant: Variant,
  length: number,
  rows: readonly Value<'i32'>[],
  pairs: readonly (readonly [number, number])[],
): Local<'f64'>[] {
  const pointers = rows.map((row) => f.let(row));
  const loaded = rows.map(() => f.local('v128'));
  const sums = pairs.map(() => f.let(f32x4.const(0)));
  eachVector(f, length, pointers, (lanes) => {
    loaded.forEach((vector, index) => f.set(vector, loadLanes(pointers[index] ?? f.local('i32'), lanes)));
    pairs.forEach(([a, b], index) => {
      const [left, right, sum] = [loaded[a], loaded[b], sums[index]];
      if (left && right && sum) f.set(sum, multiplyAdd(variant, left, right, sum));
    });
  });
  return sums.map((sum) => f.let(f64.fromF32(laneSum(sum))));
}

/** 1 / norm from the sum of squares, bounded for rows that count as zero. */
export function inverseNorm(f: FunctionBuilder, squares: Value<'f64'>): Local<'f64'> {
  return f.let(f64.div(f64.const(1), f64.sqrt(f64.max(squares, f64.const(LEAST_SQUARES)))));
}
