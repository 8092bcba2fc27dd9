import { f32x4, v128 } from './assembler';
import { eachFloat, floatUnits } from './elementwise';
import { defineKernel, type Kernel } from './kernel';

/** `(x, y)`: y = max(x, 0), where NaN stays NaN; y may be x. A unit is 4,096 numbers. */
export function relu(count: number): Kernel<'x' | 'y'> {
  return defineKernel({
    name: `relu-${count}`,
    buffers: ['x', 'y'],
    units: floatUnits(count),
    write: (f, { x, y, from, to }) =>
      eachFloat(f, count, { from, to }, [y, x], ([value]) => f32x4.pmax(value ?? f.splat(0), f.splat(0))),
  });
}

/** `(dy, y, dx)`: dx = dy where y > 0, else 0; dx may be dy. A unit is 4,096 numbers. */
export function reluGradient(count: number): Kernel<'dy' | 'y' | 'dx'> {
  return defineKernel({
    name: `reluGradient-${count}`,
    buffers: ['dy', 'y', 'dx'],
    units: floatUnits(count),
    write: (f, { dy, y, dx, from, to }) =>
      eachFloat(f, count, { from, to }, [dx, dy, y], ([gradient, result]) =>
        v128.and(gradient ?? f.splat(0), f32x4.gt(result ?? f.splat(0), f.splat(0))),
      ),
  });
}
