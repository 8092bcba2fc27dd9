import { type FunctionBuilder, f32, f32x4, f64, type Local, type Value } from './assembler';
import { eachVector } from './elementwise';
import type { Variant } from './kernel';
import { loadLanes, multiplyAdd } from './lanes';

/** Below this a row counts as zero; the square of `MIN_NORM`, where the engine normalises rows. */
export const LEAST_SQUARES = 1e-16;

/** The sum of the four lanes. */
function laneSum(a: Local<'v128'>): Value<'f32'> {
  return f32.add(f32.add(f32x4.lane(a, 0), f32x4.lane(a, 1)), f32.add(f32x4.lane(a, 2), f32x4.lane(a, 3)));
}

/** For each of the named pairs of rows of `length` floats the sum of their products, in float64. */
export function dotProducts<Row extends string, Pair extends string>(
  f: FunctionBuilder,
  variant: Variant,
  length: number,
  rows: Readonly<Record<Row, Value<'i32'>>>,
  pairs: Readonly<Record<Pair, readonly [Row, Row]>>,
): Record<Pair, Local<'f64'>> {
  const names = Object.keys(rows) as Row[];
  const pairNames = Object.keys(pairs) as Pair[];
  const loaded = f.locals('v128', ...names);
  const sums = f.locals('v128', ...pairNames);
  const pointers = f.locals('i32', ...names);
  for (const name of names) f.set(pointers[name], rows[name]);
  for (const pair of pairNames) f.set(sums[pair], f32x4.const(0));
  eachVector(
    f,
    length,
    names.map((name) => pointers[name]),
    (lanes) => {
      for (const name of names) f.set(loaded[name], loadLanes(pointers[name], lanes));
      for (const pair of pairNames) {
        const [left, right] = pairs[pair];
        f.set(sums[pair], multiplyAdd(variant, loaded[left], loaded[right], sums[pair]));
      }
    },
  );
  const totals = pairNames.map((pair) => [pair, f.let(f64.fromF32(laneSum(sums[pair])))]);
  return Object.fromEntries(totals) as Record<Pair, Local<'f64'>>;
}

/** 1 / norm from the sum of squares, bounded for rows that count as zero. */
export function inverseNorm(f: FunctionBuilder, squares: Value<'f64'>): Local<'f64'> {
  return f.let(f64.div(f64.const(1), f64.sqrt(f64.max(squares, f64.const(LEAST_SQUARES)))));
}
