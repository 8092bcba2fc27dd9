import { type FunctionBuilder, f32, f64, type Local } from './assembler';
import { expOfNegative, logOfPositive } from './exponential';
import { defineKernel, type Kernel } from './kernel';
import { at, FLOAT } from './lanes';

/** Softmax of rows [rows, length], its logarithm, and their gradients. Sums are taken in float64, in order. */

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

/** `(x, y)`: e^(x - max) over its sum, or the logarithm of that, in each row; y may not be x. A unit is a row. */
export function softmax(rows: number, length: number, result: 'probability' | 'logarithm'): Kernel<'x' | 'y'> {
  return defineKernel({
    name: `softmax-${rows}x${length}-${result}`,
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
        if (result === 'probability') {
          const share = f.let(f32.fromF64(f64.div(f64.const(1), sum)));
          eachNumber(f, length, [target], (place = target) =>
            f.emit(f32.store(place, f32.mul(f32.load(place), share))),
          );
        } else {
          const logarithm = f.let(logOfPositive(f, f.let(f32.fromF64(sum))));
          eachNumber(f, length, [source, target], (place = source, written = target) => {
            f.set(less, f64.fromF32(f32.sub(f32.load(place), most)));
            f.emit(f32.store(written, f32.fromF64(f64.sub(less, logarithm))));
          });
        }
      });
    },
  });
}

/**
 * `(y, dy, dx)`: the gradient in x, from the result y: y (dy - y . dy) of the probabilities, and dy - e^y sum(dy) of the logarithms; dx may be dy. A unit is
 * a row.
 */
export function softmaxGradient(
  rows: number,
  length: number,
  result: 'probability' | 'logarithm',
): Kernel<'y' | 'dy' | 'dx'> {
  return defineKernel({
    name: `softmaxGradient-${rows}x${length}-${result}`,
    buffers: ['y', 'dy', 'dx'],
    units: rows,
    write(f, { y, dy, dx, from, to }) {
      const { sum, value, gradient } = f.locals('f64', 'sum', 'value', 'gradient');
      f.upTo(from, to, 1, () => {
        const outputs = f.let(at(y, from, length * FLOAT));
        const incoming = f.let(at(dy, from, length * FLOAT));
        const target = f.let(at(dx, from, length * FLOAT));
        const load = (output: Local<'i32'>, given: Local<'i32'>) => {
          f.set(value, f64.fromF32(f32.load(output)));
          f.set(gradient, f64.fromF32(f32.load(given)));
        };
        f.set(sum, f64.const(0));
        eachNumber(f, length, [outputs, incoming], (output = outputs, given = incoming) => {
          load(output, given);
          f.set(sum, f64.add(sum, result === 'probability' ? f64.mul(value, gradient) : gradient));
        });
        eachNumber(f, length, [outputs, incoming, target], (output = outputs, given = incoming, written = target) => {
          load(output, given);
          const found =
            result === 'probability'
              ? f64.mul(value, f64.sub(gradient, sum))
              : f64.sub(gradient, f64.mul(f64.fromF32(f.let(expOfNegative(f, value))), sum));
          f.emit(f32.store(written, f32.fromF64(found)));
        });
      });
    },
  });
}
