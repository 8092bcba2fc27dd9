import { f32, i32 } from './assembler';
import { floatUnits, UNIT } from './elementwise';
import { logOf } from './exponential';
import { defineKernel, type Kernel } from './kernel';
import { at, FLOAT } from './lanes';

/** `(x, y)`: y = ln x for `count` numbers; y may be x. A unit is 4,096 numbers. */
export function logarithm(count: number): Kernel<'x' | 'y'> {
  return defineKernel({
    name: `logarithm-${count}`,
    buffers: ['x', 'y'],
    units: floatUnits(count),
    write(f, { x, y, from, to }) {
      const value = f.local('f32');
      f.each(i32.mul(from, UNIT), i32.min(i32.mul(to, UNIT), i32.const(count)), 1, (index) => {
        f.set(value, f32.load(at(x, index, FLOAT)));
        f.emit(f32.store(at(y, index, FLOAT), logOf(f, value)));
      });
    },
  });
}
