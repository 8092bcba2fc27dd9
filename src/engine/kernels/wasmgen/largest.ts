import { f32, f32x4 } from './assembler';
import { eachVector } from './elementwise';
import { defineKernel, type Kernel } from './kernel';
import { at, FLOAT, LANES, loadLanes } from './lanes';

/** `(x, y)`: the largest number of each row of x [rows, length]; NaN where there is one. A unit is a row. */
export function largestOfRows(rows: number, length: number): Kernel<'x' | 'y'> {
  return defineKernel({
    name: `largestOfRows-${rows}x${length}`,
    buffers: ['x', 'y'],
    units: rows,
    write(f, { x, y, from, to }) {
      const [pointer, most, one] = [f.local('i32'), f.local('v128'), f.local('f32')];
      f.upTo(from, to, 1, () => {
        f.set(pointer, at(x, from, length * FLOAT));
        f.set(most, f32x4.const(Number.NEGATIVE_INFINITY));
        f.set(one, f32.const(Number.NEGATIVE_INFINITY));
        eachVector(f, length, [pointer], (lanes) => {
          if (lanes === LANES) f.set(most, f32x4.max(most, loadLanes(pointer, lanes)));
          else f.set(one, f32.max(one, f32.load(pointer)));
        });
        const lane = (i: number) => f32x4.lane(most, i);
        const ofLanes = f32.max(f32.max(lane(0), lane(1)), f32.max(lane(2), lane(3)));
        f.emit(f32.store(at(y, from, FLOAT), f32.max(one, ofLanes)));
      });
    },
  });
}
