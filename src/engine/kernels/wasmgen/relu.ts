import { type FunctionBuilder, f32x4, i32, type Local, type Value, v128 } from './assembler';
import { eachVector } from './elementwise';
import { defineKernel, type Kernel } from './kernel';
import { at, FLOAT, loadLanes, storeLanes } from './lanes';

/** Floats of a unit. */
const UNIT = 4096;

/** result[i] = value(sources[i]) for the floats of the units `from` to `to - 1` of `count`. */
function eachFloat(
  f: FunctionBuilder,
  count: number,
  { from, to }: { readonly from: Local<'i32'>; readonly to: Local<'i32'> },
  arrays: readonly [result: Local<'i32'>, ...sources: Local<'i32'>[]],
  value: (loaded: readonly Value<'v128'>[]) => Value<'v128'>,
): void {
  const first = f.let(i32.mul(from, UNIT));
  const floats = f.let(i32.sub(i32.min(i32.mul(to, UNIT), i32.const(count)), first));
  const [result, ...sources] = arrays;
  const target = f.let(at(result, first, FLOAT));
  const pointers = sources.map((source) => f.let(at(source, first, FLOAT)));
  const made = f.local('v128');
  eachVector(f, floats, [target, ...pointers], (lanes) => {
    f.set(made, value(pointers.map((pointer) => loadLanes(pointer, lanes))));
    for (const store of storeLanes(target, made, lanes)) f.emit(store);
  });
}

/** `(x, y)`: y = max(x, 0), where NaN stays NaN; y may be x. A unit is 4,096 numbers. */
export function relu(count: number): Kernel<'x' | 'y'> {
  return defineKernel({
    name: `relu-${count}`,
    buffers: ['x', 'y'],
    units: Math.ceil(count / UNIT),
    write: (f, { x, y, from, to }) =>
      eachFloat(f, count, { from, to }, [y, x], ([value]) => f32x4.pmax(value ?? f.splat(0), f.splat(0))),
  });
}

/** `(dy, y, dx)`: dx = dy where y > 0, else 0; dx may be dy. A unit is 4,096 numbers. */
export function reluGradient(count: number): Kernel<'dy' | 'y' | 'dx'> {
  return defineKernel({
    name: `reluGradient-${count}`,
    buffers: ['dy', 'y', 'dx'],
    units: Math.ceil(count / UNIT),
    write: (f, { dy, y, dx, from, to }) =>
      eachFloat(f, count, { from, to }, [dx, dy, y], ([gradient, result]) =>
        v128.and(gradient ?? f.splat(0), f32x4.gt(result ?? f.splat(0), f.splat(0))),
      ),
  });
}
