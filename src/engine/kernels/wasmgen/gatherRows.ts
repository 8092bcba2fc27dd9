import { i32, memory } from './assembler';
import { defineKernel, type Kernel } from './kernel';
import { at, FLOAT } from './lanes';

/**
 * `(source, indices, rows)`: row i of `rows` becomes row `indices[i]` of `source`, or zeros where `source` has no such row. A row has `width`
 * numbers of four bytes. A unit is a row.
 */
export function gatherRows({
  count,
  width,
  sourceRows,
}: {
  readonly count: number;
  readonly width: number;
  readonly sourceRows: number;
}): Kernel<'source' | 'indices' | 'rows'> {
  const rowBytes = width * FLOAT;
  return defineKernel({
    name: `gatherRows-${count}x${width}-${sourceRows}`,
    buffers: ['source', 'indices', 'rows'],
    units: count,
    write(f, { source, indices, rows, from, to }) {
      f.upTo(from, to, 1, () => {
        const place = f.let(i32.load(at(indices, from, FLOAT)));
        const target = f.let(at(rows, from, rowBytes));
        f.if(
          i32.ltU(place, sourceRows),
          () => f.emit(memory.copy(target, at(source, place, rowBytes), rowBytes)),
          () => f.emit(memory.clear(target, rowBytes)),
        );
      });
    },
  });
}
