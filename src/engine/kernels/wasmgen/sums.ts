import { f32, f32x4, f64, i32 } from './assembler';
import { eachVector } from './elementwise';
import { defineKernel, type Kernel } from './kernel';
import { at, eachGroup, FLOAT, GROUP, LANES, loadLanes, storeLanes, VECTOR } from './lanes';

/** x [outer, count, inner]. */
export interface SumShape {
  readonly outer: number;
  readonly count: number;
  readonly inner: number;
}

/** Floats that are added in float32 before float64 takes over. */
const BLOCK = 1024;

/**
 * `(x, y)`: y [outer, inner] = factor times the sum over the middle axis, added in order. Without an inner axis, blocks of 1,024 numbers are put together in float64.
 * A unit is one of `outer`.
 */
export function middleSum({ outer, count, inner }: SumShape, factor: number): Kernel<'x' | 'y'> {
  return defineKernel({
    name: `middleSum-${outer}x${count}x${inner}-${factor}`,
    buffers: ['x', 'y'],
    units: outer,
    write(f, { x, y, from, to }) {
      const pointer = f.local('i32');
      if (inner === 1) {
        const [total, sum, left] = [f.local('f64'), f.local('v128'), f.local('i32')];
        f.upTo(from, to, 1, () => {
          f.set(pointer, at(x, from, count * FLOAT));
          f.set(total, f64.const(0));
          f.set(left, i32.const(count));
          f.doWhile(() => {
            f.set(sum, f32x4.const(0));
            const floats = f.let(i32.min(left, i32.const(BLOCK)));
            eachVector(f, floats, [pointer], (lanes) => f.set(sum, f32x4.add(sum, loadLanes(pointer, lanes))));
            const lane = (i: number) => f32x4.lane(sum, i);
            const block = f32.add(f32.add(lane(0), lane(1)), f32.add(lane(2), lane(3)));
            f.set(total, f64.add(total, f64.fromF32(block)));
            f.set(left, i32.sub(left, floats));
            return left;
          });
          f.emit(f32.store(at(y, from, FLOAT), f32.fromF64(f64.mul(total, f64.const(factor)))));
        });
        return;
      }
      f.upTo(from, to, 1, () => {
        eachGroup(f, inner, [0, 'all'], ({ vectors, lanes }, index) => {
          const lanesOf = (j: number) => (j === vectors - 1 ? lanes : LANES);
          const sums = Array.from({ length: vectors }, () => f.let(f32x4.const(0)));
          f.set(pointer, at(at(x, from, count * inner * FLOAT), index, GROUP * FLOAT));
          f.times(count, () => {
            sums.forEach((sum, j) => f.set(sum, f32x4.add(sum, loadLanes(pointer, lanesOf(j), j * VECTOR))));
            f.advance(pointer, inner * FLOAT);
          });
          const target = f.let(at(at(y, from, inner * FLOAT), index, GROUP * FLOAT));
          sums.forEach((sum, j) => {
            f.set(sum, f32x4.mul(sum, f.splat(factor)));
            for (const store of storeLanes(target, sum, lanesOf(j), j * VECTOR)) f.emit(store);
          });
        });
      });
    },
  });
}
