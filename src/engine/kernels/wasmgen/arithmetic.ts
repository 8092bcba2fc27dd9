import { type FunctionBuilder, f32x4, type Local, type Value, v128 } from './assembler';
import { eachFloat, eachVector, floatUnits } from './elementwise';
import { expOfVector } from './exponential';
import { defineKernel, type Kernel } from './kernel';
import { at, FLOAT, type LANES, loadLanes, storeLanes } from './lanes';

/** Element by element arithmetic, with numbers that serve many elements. */

const BINARY = { add: f32x4.add, sub: f32x4.sub, mul: f32x4.mul, div: f32x4.div, max: f32x4.max } as const;
export type BinaryOperation = keyof typeof BINARY;

/** How the numbers of an operand cover [rows, columns]: each its own, one for all, one for each column, or one for each row. */
export type Cover = 'all' | 'one' | 'row' | 'column';

export interface BinaryShape {
  readonly rows: number;
  readonly columns: number;
  readonly a: Cover;
  readonly b: Cover;
}

const isFlat = (cover: Cover): boolean => cover === 'all' || cover === 'one';

/**
 * `(a, b, y)`: y [rows, columns] = a operation b; y may be an operand that covers all. A unit is 4,096 numbers,
 * or a row where an operand covers a row or a column only.
 */
export function binary(operation: BinaryOperation, shape: BinaryShape): Kernel<'a' | 'b' | 'y'> {
  const { rows, columns } = shape;
  const compute = BINARY[operation];
  const flat = isFlat(shape.a) && isFlat(shape.b);
  const count = rows * columns;
  return defineKernel({
    name: `${operation}-${flat ? count : `${rows}x${columns}`}-${shape.a}-${shape.b}`,
    buffers: ['a', 'b', 'y'],
    units: flat ? floatUnits(count) : rows,
    write(f, { a, b, y, from, to }) {
      if (flat) {
        const splats = [a, b].map((pointer) => f.let(f32x4.loadSplat(pointer)));
        const covers = [shape.a, shape.b];
        const moving = [a, b].filter((_, i) => covers[i] === 'all');
        const source = (i: 0 | 1, loaded: readonly Value<'v128'>[]): Value<'v128'> => {
          const own = covers[i] === 'one' ? splats[i] : loaded[i === 1 && covers[0] === 'all' ? 1 : 0];
          return own ?? f.splat(0);
        };
        eachFloat(f, count, { from, to }, [y, ...moving], (loaded) => compute(source(0, loaded), source(1, loaded)));
        return;
      }
      const rowBytes = columns * FLOAT;
      const operand = (cover: Cover, base: Local<'i32'>) => {
        const pointer = f.local('i32');
        const splat = f.local('v128');
        const moves = cover === 'all' || cover === 'row';
        return {
          pointers: moves ? [pointer] : [],
          enterRow() {
            if (cover === 'all') f.set(pointer, at(base, from, rowBytes));
            if (cover === 'row') f.set(pointer, base);
            if (cover === 'column') f.set(splat, f32x4.loadSplat(at(base, from, FLOAT)));
            if (cover === 'one') f.set(splat, f32x4.loadSplat(base));
          },
          value: (lanes: typeof LANES | 1): Value<'v128'> => (moves ? loadLanes(pointer, lanes) : splat),
        };
      };
      const [left, right] = [operand(shape.a, a), operand(shape.b, b)];
      const target = f.local('i32');
      const made = f.local('v128');
      f.upTo(from, to, 1, () => {
        left.enterRow();
        right.enterRow();
        f.set(target, at(y, from, rowBytes));
        eachVector(f, columns, [target, ...left.pointers, ...right.pointers], (lanes) => {
          f.set(made, compute(left.value(lanes), right.value(lanes)));
          for (const store of storeLanes(target, made, lanes)) f.emit(store);
        });
      });
    },
  });
}

type Compute = (x: Local<'v128'>, f: FunctionBuilder) => Value<'v128'>;

const UNARY = {
  neg: f32x4.neg,
  sqrt: f32x4.sqrt,
  square: (x: Local<'v128'>) => f32x4.mul(x, x),
  rsqrt: (x: Local<'v128'>) => f32x4.div(f32x4.const(1), f32x4.sqrt(x)),
  exp: (x: Local<'v128'>, f: FunctionBuilder) => expOfVector(f, x),
} as const;
export type UnaryOperation = keyof typeof UNARY;

function pointwise(name: string, count: number, compute: Compute): Kernel<'x' | 'y'> {
  return defineKernel({
    name: `${name}-${count}`,
    buffers: ['x', 'y'],
    units: floatUnits(count),
    write(f, { x, y, from, to }) {
      const value = f.local('v128');
      eachFloat(f, count, { from, to }, [y, x], ([loaded]) => {
        f.set(value, loaded ?? value);
        return compute(value, f);
      });
    },
  });
}

/** `(x, y)`: y = operation x for `count` numbers; y may be x. A unit is 4,096 numbers. */
export function unary(operation: UnaryOperation, count: number): Kernel<'x' | 'y'> {
  return pointwise(operation, count, UNARY[operation]);
}

/** `(x, y)`: 1 where x is above 0, else `otherwise`; NaN stays. y may be x. A unit is 4,096 numbers. */
export function step(otherwise: number, count: number): Kernel<'x' | 'y'> {
  return pointwise(`step-${otherwise}`, count, (x, f) => {
    const made = v128.select(f.splat(1), f.splat(otherwise), f32x4.gt(x, f.splat(0)));
    return v128.select(made, x, f32x4.eq(x, x));
  });
}
