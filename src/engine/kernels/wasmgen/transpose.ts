import { f32, i32, memory } from './assembler';
import { defineKernel, type Kernel } from './kernel';
import { at, FLOAT } from './lanes';

/** x [outer, rows, columns, inner]. */
export interface TransposeShape {
  readonly outer: number;
  readonly rows: number;
  readonly columns: number;
  readonly inner: number;
}

/** `(x, y)`: y [outer, columns, rows, inner], of numbers of four bytes; y is not x. A unit is one of `outer`. */
export function transpose({ outer, rows, columns, inner }: TransposeShape): Kernel<'x' | 'y'> {
  const bytes = inner * FLOAT;
  return defineKernel({
    name: `transpose-${outer}x${rows}x${columns}x${inner}`,
    buffers: ['x', 'y'],
    units: outer,
    write(f, { x, y, from, to }) {
      const { source, target } = f.locals('i32', 'source', 'target');
      f.upTo(from, to, 1, () => {
        const first = f.let(at(x, from, rows * columns * bytes));
        f.set(target, at(y, from, rows * columns * bytes));
        f.times(columns, (column) => {
          f.set(source, at(first, column, bytes));
          f.times(rows, () => {
            f.emit(inner === 1 ? f32.store(target, f32.load(source)) : memory.copy(target, source, i32.const(bytes)));
            f.advance(source, columns * bytes);
            f.advance(target, bytes);
          });
        });
      });
    },
  });
}
