import { i32 } from './assembler';
import { eachVector } from './elementwise';
import { defineKernel, type Kernel } from './kernel';
import { at, FLOAT, loadLanes, storeLanes } from './lanes';

/** `(rows, indices, target)`: row `indices[i]` of `target` becomes row i of `rows`, each of so many floats. A row that `target` does not have is left out. One unit. */
export function scatterRows({
  count,
  width,
  targetRows,
}: {
  readonly count: number;
  readonly width: number;
  readonly targetRows: number;
}): Kernel<'rows' | 'indices' | 'target'> {
  const rowBytes = width * FLOAT;
  return defineKernel({
    name: `scatterRows-${count}x${width}-${targetRows}`,
    buffers: ['rows', 'indices', 'target'],
    units: 1,
    write(f, { rows, indices, target }) {
      const { source, written } = f.locals('i32', 'source', 'written');
      const value = f.local('v128');
      f.times(count, (row) => {
        f.set(source, at(rows, row, rowBytes));
        const place = f.let(i32.load(at(indices, row, FLOAT)));
        f.set(written, at(target, place, rowBytes));
        f.if(i32.ltU(place, targetRows), () =>
          eachVector(f, width, [source, written], (lanes) => {
            f.set(value, loadLanes(source, lanes));
            for (const store of storeLanes(written, value, lanes)) f.emit(store);
          }),
        );
      });
    },
  });
}
