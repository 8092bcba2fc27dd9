import type { BinaryShape, Cover } from './arithmetic';
import { f32, i32, type Local } from './assembler';
import { floatUnits, UNIT } from './elementwise';
import { defineKernel, type Kernel } from './kernel';
import { at, FLOAT } from './lanes';

/** Truth values, which take a byte each: 1 or 0. */

const COMPARE = { equal: f32.eq, greaterEqual: f32.ge } as const;
export type Comparison = keyof typeof COMPARE;

/** `(a, b, y)`: y [rows, columns] = a comparison b, with operands that cover it as in `binary`. A unit is a row. */
export function compare(comparison: Comparison, { rows, columns, a, b }: BinaryShape): Kernel<'a' | 'b' | 'y'> {
  return defineKernel({
    name: `${comparison}-${rows}x${columns}-${a}-${b}`,
    buffers: ['a', 'b', 'y'],
    units: rows,
    write(f, given) {
      const { left, right, target } = f.locals('i32', 'left', 'right', 'target');
      const rowBytes = (cover: Cover) => ({ all: columns * FLOAT, column: FLOAT, row: 0, one: 0 })[cover];
      const step = (cover: Cover) => (cover === 'all' || cover === 'row' ? FLOAT : 0);
      f.upTo(given.from, given.to, 1, () => {
        f.set(left, at(given.a, given.from, rowBytes(a)));
        f.set(right, at(given.b, given.from, rowBytes(b)));
        f.set(target, at(given.y, given.from, columns));
        f.times(columns, () => {
          f.emit(i32.storeByte(target, COMPARE[comparison](f32.load(left), f32.load(right))));
          f.advance(left, step(a));
          f.advance(right, step(b));
          f.advance(target, 1);
        });
      });
    },
  });
}

/** `(x, y)`: truth values as floats. A unit is 4,096 of them. */
export function truthToFloat(count: number): Kernel<'x' | 'y'> {
  return defineKernel({
    name: `truthToFloat-${count}`,
    buffers: ['x', 'y'],
    units: floatUnits(count),
    write(f, { x, y, from, to }) {
      const first = f.let(i32.mul(from, UNIT));
      const end: Local<'i32'> = f.let(i32.add(x, i32.min(i32.mul(to, UNIT), i32.const(count))));
      const source = f.let(i32.add(x, first));
      const target = f.let(at(y, first, FLOAT));
      f.upTo(source, end, 1, () => {
        f.emit(f32.store(target, f32.fromInt(i32.loadByte(source))));
        f.advance(target, FLOAT);
      });
    },
  });
}
