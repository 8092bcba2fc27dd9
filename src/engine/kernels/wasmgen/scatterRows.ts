import { i32 } from './assembler';
import { eachVector } from './elementwise';
import { defineKernel, type Kernel } from './kernel';
import { at, FLOAT, loadLanes, storeLanes } from './lanes';

/** `(rows, indices, target)`: row `indices[i]` of `target` becomes row i of `rows`, each of so many floats. One unit. */
export function scatterRows(count: number, width: number): Kernel<'rows' | 'indices' | 'target'> {
  const rowBytes = width * FLOAT;
  return defineKernel({
    name: `scatterRows-${count}x${width}`,
    buffers: ['rows', 'indices', 'target'],
    units: 1,
    write(f, { rows, indices, target }) {
      const { source, written } = f.locals('i32', 'source', 'written');
      const value = f.local('v128');
      f.times(count, (row) => {
        f.set(source, at(rows, row, rowBytes));
        f.set(written, at(target, i32.load(at(indices, row, FLOAT)), rowBytes));
        eachVector(f, width, [source, written], (lanes) => {
          f.set(value, loadLanes(source, lanes));
          for (const store of storeLanes(written, value, lanes)) f.emit(store);
        });
      });
    },
  });
}
