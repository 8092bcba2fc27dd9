import { type FunctionBuilder, f32, f32x4, f64, type Int, i32, type Local, type Value, v128 } from '../assembler';
import { expOfNegative } from '../exponential';
import type { Variant } from '../kernel';
import { at, FLOAT, multiplyAdd, VECTOR } from '../lanes';

/** Writes the weights of a Gaussian of `sigma` cut off after `radius` taps a side, the centre's first, with a sum of 1 over both sides. */
export function writeGaussian(
  f: FunctionBuilder,
  sigma: Value<'f32'>,
  radius: Local<'i32'>,
  weights: Local<'i32'>,
): void {
  const wide = f.let(f64.fromF32(sigma));
  const exponent = f.let(f64.div(f64.const(-0.5), f64.mul(wide, wide)));
  const total = f.let(f32.const(-1));
  const taps = f.let(i32.add(radius, 1));
  f.times(taps, (tap) => {
    const distance = f.let(f64.fromInt(tap));
    const weight = f.let(expOfNegative(f, f.let(f64.mul(f64.mul(distance, distance), exponent))));
    f.emit(f32.store(at(weights, tap, FLOAT), weight));
    f.set(total, f32.add(total, f32.add(weight, weight)));
  });
  f.times(taps, (tap) => {
    const place = f.let(at(weights, tap, FLOAT));
    f.emit(f32.store(place, f32.div(f32.load(place), total)));
  });
}

const distance = (f: FunctionBuilder, a: Value<'i32'>, b: Value<'i32'>): Value<'i32'> => {
  const difference = f.let(i32.sub(a, b));
  return i32.max(difference, f.let(i32.sub(0, difference)));
};

/**
 * Blurs `lines` lines of `length` colours, which are `pitch` bytes apart in a line and `linePitch` from line to line; at the ends colours
 * are reflected without repeating the last.
 */
export function writeBlurAlong(
  f: FunctionBuilder,
  variant: Variant,
  {
    lines,
    linePitch,
    length,
    pitch,
  }: { readonly lines: Int; readonly linePitch: number; readonly length: number; readonly pitch: number },
  { source, target, weights, radius }: Readonly<Record<'source' | 'target' | 'weights' | 'radius', Local<'i32'>>>,
): void {
  const sum = f.local('v128');
  const last = f.let(i32.const(length - 1));
  const [from, to] = [f.let(source), f.let(target)];
  f.times(lines, () => {
    f.times(length, (place) => {
      f.set(sum, f32x4.mul(v128.load(at(from, place, pitch)), f32x4.loadSplat(weights)));
      f.each(1, i32.add(radius, 1), 1, (tap) => {
        const before = f.let(distance(f, place, tap));
        const after = f.let(i32.sub(last, distance(f, i32.sub(last, place), tap)));
        const pair = f32x4.add(v128.load(at(from, before, pitch)), v128.load(at(from, after, pitch)));
        f.set(sum, multiplyAdd(variant, pair, f32x4.loadSplat(at(weights, tap, FLOAT)), sum));
      });
      f.emit(v128.store(at(to, place, pitch), sum));
    });
    f.advance(from, linePitch);
    f.advance(to, linePitch);
  });
}

/** Bytes of a colour. */
export const COLOUR = VECTOR;
