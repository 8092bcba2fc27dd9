import { i32, memory } from './assembler';
import { defineKernel, type Kernel } from './kernel';
import { at } from './lanes';

/** Rows of so many bytes, whose starts lie the pitches apart. */
export interface RowCopy {
  readonly rows: number;
  readonly bytes: number;
  readonly sourcePitch: number;
  readonly targetPitch: number;
}

/** Bytes of a unit where all rows lie side by side. */
const PIECE = 65536;

/** `(source, target)`: copies rows; the two do not overlap. A unit is a row, or 64 KB where the rows lie side by side in both. */
export function copyRows({ rows, bytes, sourcePitch, targetPitch }: RowCopy): Kernel<'source' | 'target'> {
  const sideBySide = rows === 1 || (sourcePitch === bytes && targetPitch === bytes);
  const total = rows * bytes;
  return defineKernel({
    name: sideBySide ? `copy-${total}` : `copyRows-${rows}x${bytes}-${sourcePitch}-${targetPitch}`,
    buffers: ['source', 'target'],
    units: sideBySide ? Math.ceil(total / PIECE) : rows,
    write(f, { source, target, from, to }) {
      if (sideBySide) {
        const first = f.let(i32.mul(from, PIECE));
        const end = i32.min(i32.mul(to, PIECE), i32.const(total));
        f.emit(memory.copy(i32.add(target, first), i32.add(source, first), i32.sub(end, first)));
        return;
      }
      f.upTo(from, to, 1, () => {
        f.emit(memory.copy(at(target, from, targetPitch), at(source, from, sourcePitch), bytes));
      });
    },
  });
}
