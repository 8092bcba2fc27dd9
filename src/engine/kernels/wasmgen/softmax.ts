import { type FunctionBuilder, f32, f64, type Local } from './assembler';
import { expOfNegative } from './exponential';
import { defineKernel, type Kernel } from './kernel';
import { at, FLOAT } from './lanes';

/** Runs over the numbers of several rows; the body gets pointers to them. */
function eachNumber(
  f: FunctionBuilder,
  length: number,
  rows: readonly Local<'i32'>[],
  body: (...places: readonly Local<'i32'>[]) => void,
): void {
  const places = rows.map((row) => f.let(row));
  f.times(length, () => {
    body(...places);
    for (const place of places) f.advance(place, FLOAT);
  });
}

/** `(x, y)`: e^(x - max) over its sum in each row [rows, length], summed in float64 in order; y may not be x. A unit is a row. */
export function softmax(rows: number, length: number): Kernel<'x' | 'y'> {
  return defineKernel({
    name: `softmax-${rows}x${length}`,
    buffers: ['x', 'y'],
    units: rows,
    write(f, { x, y, from, to }) {
      const [most, power, sum] = [f.local('f32'), f.local('f32'), f.local('f64')];
      const less = f.local('f64');
      f.upTo(from, to, 1, () => {
        const [source, target] = [f.let(at(x, from, length * FLOAT)), f.let(at(y, from, length * FLOAT))];
        f.set(most, f32.const(Number.NEGATIVE_INFINITY));
        eachNumber(f, length, [source], (place = source) => f.set(most, f32.max(most, f32.load(place))));
        f.set(sum, f64.const(0));
        eachNumber(f, length, [source, target], (place = source, written = target) => {
          f.set(less, f64.fromF32(f32.sub(f32.load(place), most)));
          f.set(power, expOfNegative(f, less));
          f.set(sum, f64.add(sum, f64.fromF32(power)));
          f.emit(f32.store(written, power));
        });
        const share = f.let(f32.fromF64(f64.div(f64.const(1), sum)));
        eachNumber(f, length, [target], (place = target) => f.emit(f32.store(place, f32.mul(f32.load(place), share))));
      });
    },
  });
}
