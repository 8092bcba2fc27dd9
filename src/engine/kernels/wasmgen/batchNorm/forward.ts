import { f32, f32x4, f64, i32 } from '../assembler';
import { defineKernel, type Kernel, type Variant } from '../kernel';
import { at, FLOAT, LANES, loadLanes, multiplyAdd, storeLanes, VECTOR } from '../lanes';
import { type BatchNormShape, batchNormName, eachBlockGroup, eachRow, rowBlocksOf } from './blocks';

/**
 * BatchNorm in training mode over rows [n, C], with the residual addition and the ReLU that may follow it: sums by block, statistics,
 * the element-wise rest.
 */

/** Rows at the start of a block whose mean is near enough to the block's. */
const SHIFT_ROWS = 8;

/**
 * `(x, partials)`: for each block and channel a number near its mean, and the sums of the rows' differences from it and of their squares,
 * so that no digits are lost where the mean is large. A unit is a block.
 */
export function batchNormSums(shape: BatchNormShape, variant: Variant): Kernel<'x' | 'partials'> {
  const rowBytes = shape.channels * FLOAT;
  return defineKernel({
    name: `batchNormSums-${batchNormName(shape)}${variant.fma ? '-fma' : ''}`,
    buffers: ['x', 'partials'],
    units: rowBlocksOf(shape).count,
    write(f, { x, partials, from, to }) {
      const row = f.local('i32');
      eachBlockGroup(f, shape, [from, to], ({ group: { vectors, lanes }, first, rows, partial }) => {
        const lanesOf = (j: number) => (j === vectors - 1 ? lanes : LANES);
        const zeros = () => Array.from({ length: vectors }, () => f.let(f32x4.const(0)));
        const shifts = zeros();
        const few = f.let(i32.min(rows, i32.const(SHIFT_ROWS)));
        f.set(row, i32.add(x, first));
        eachRow(f, few, rowBytes, [row], () =>
          shifts.forEach((shift, j) => f.set(shift, f32x4.add(shift, loadLanes(row, lanesOf(j), j * VECTOR)))),
        );
        const share = f.let(f32x4.splat(f32.div(f32.const(1), f32.fromInt(few))));
        for (const shift of shifts) f.set(shift, f32x4.mul(shift, share));
        const [sums, squares] = [zeros(), zeros()];
        const apart = f.local('v128');
        f.set(row, i32.add(x, first));
        eachRow(f, rows, rowBytes, [row], () =>
          sums.forEach((sum, j) => {
            f.set(apart, f32x4.sub(loadLanes(row, lanesOf(j), j * VECTOR), shifts[j] ?? apart));
            f.set(sum, f32x4.add(sum, apart));
            const square = squares[j] ?? apart;
            f.set(square, multiplyAdd(variant, apart, apart, square));
          }),
        );
        const target = f.let(i32.add(partials, partial));
        [shifts, sums, squares].forEach((list, place) =>
          list.forEach((value, j) => {
            for (const store of storeLanes(target, value, lanesOf(j), place * rowBytes + j * VECTOR)) f.emit(store);
          }),
        );
      });
    },
  });
}

/** What the statistics depend on apart from the values. */
export interface StatisticsSettings {
  readonly epsilon: number;
  /** Share of the old value that stays in the moving statistics; null where there are none. */
  readonly decay: number | null;
}

/**
 * `(partials, mean, inverseStd, movingMean, movingVariance)`: mean and 1/sqrt(biased variance + epsilon), [views, C]; moving statistics [C]
 * are moved towards each view's in turn (variance unbiased), and not changed without a decay. A unit is a channel. Sums of blocks are added
 * in float64.
 */
export function batchNormStatistics(
  shape: BatchNormShape,
  { epsilon, decay }: StatisticsSettings,
): Kernel<'partials' | 'mean' | 'inverseStd' | 'movingMean' | 'movingVariance'> {
  const { channels, views } = shape;
  const { rowsPerView, size, perView } = rowBlocksOf(shape);
  const rowBytes = channels * FLOAT;
  return defineKernel({
    name: `batchNormStatistics-${batchNormName(shape)}-${epsilon}-${decay}`,
    buffers: ['partials', 'mean', 'inverseStd', 'movingMean', 'movingVariance'],
    units: channels,
    write(f, { partials, mean, inverseStd, movingMean, movingVariance, from, to }) {
      const { sum, squares, centre, shift, count } = f.locals('f64', 'sum', 'squares', 'centre', 'shift', 'count');
      const partial = f.local('i32');
      f.upTo(from, to, 1, () => {
        f.times(views, (view) => {
          const first = f.let(at(i32.add(partials, i32.mul(from, FLOAT)), view, 3 * perView * rowBytes));
          const eachBlock = (body: () => void) => {
            f.set(partial, first);
            f.times(perView, (block) => {
              f.set(count, f64.fromInt(i32.min(i32.sub(rowsPerView, i32.mul(block, size)), i32.const(size))));
              f.set(shift, f64.fromF32(f32.load(partial)));
              body();
              f.advance(partial, 3 * rowBytes);
            });
          };
          const differences = f64.fromF32(f32.load(partial, rowBytes));
          f.set(sum, f64.const(0));
          eachBlock(() => f.set(sum, f64.add(sum, f64.add(f64.mul(count, shift), differences))));
          f.set(centre, f64.div(sum, f64.const(rowsPerView)));
          f.set(squares, f64.const(0));
          // sum (x - centre)^2 = sum (x - shift)^2 + 2 (shift - centre) sum (x - shift) + count (shift - centre)^2
          eachBlock(() => {
            f.set(shift, f64.sub(shift, centre));
            f.set(squares, f64.add(squares, f64.fromF32(f32.load(partial, 2 * rowBytes))));
            const rest = f64.add(f64.add(differences, differences), f64.mul(count, shift));
            f.set(squares, f64.add(squares, f64.mul(shift, rest)));
          });
          const place = f.let(i32.add(i32.mul(from, FLOAT), i32.mul(view, rowBytes)));
          const inverse = f64.div(
            f64.const(1),
            f64.sqrt(f64.add(f64.div(squares, f64.const(rowsPerView)), f64.const(epsilon))),
          );
          f.emit(f32.store(i32.add(mean, place), f32.fromF64(centre)));
          f.emit(f32.store(i32.add(inverseStd, place), f32.fromF64(inverse)));
          if (decay !== null) {
            const move = (target: typeof mean, towards: typeof sum) => {
              const old = f64.mul(f64.const(decay), f64.fromF32(f32.load(target)));
              f.emit(f32.store(target, f32.fromF64(f64.add(old, f64.mul(f64.const(1 - decay), towards)))));
            };
            move(f.let(i32.add(movingMean, i32.mul(from, FLOAT))), centre);
            f.set(squares, f64.div(squares, f64.const(Math.max(1, rowsPerView - 1))));
            move(f.let(i32.add(movingVariance, i32.mul(from, FLOAT))), squares);
          }
        });
      });
    },
  });
}

/** What follows the normalisation. */
export interface Epilogue {
  readonly relu: boolean;
  readonly residual: boolean;
}

export const epilogueName = ({ relu, residual }: Epilogue): string => `${residual ? '-add' : ''}${relu ? '-relu' : ''}`;

/**
 * `(x, mean, inverseStd, gamma, beta, residual, y)`: y = (x - mean) inverseStd gamma + beta, + residual where there is one, cut at 0 where a ReLU follows;
 * y may be x or the residual. A unit is a block of rows. NaN stays NaN.
 */
export function batchNormNormalise(
  shape: BatchNormShape,
  epilogue: Epilogue,
  variant: Variant,
): Kernel<'x' | 'mean' | 'inverseStd' | 'gamma' | 'beta' | 'residual' | 'y'> {
  const rowBytes = shape.channels * FLOAT;
  return defineKernel({
    name: `batchNormNormalise-${batchNormName(shape)}${epilogueName(epilogue)}${variant.fma ? '-fma' : ''}`,
    buffers: ['x', 'mean', 'inverseStd', 'gamma', 'beta', 'residual', 'y'],
    units: rowBlocksOf(shape).count,
    write(f, { x, mean, inverseStd, gamma, beta, residual, y, from, to }) {
      const [source, added, target, value] = [f.local('i32'), f.local('i32'), f.local('i32'), f.local('v128')];
      eachBlockGroup(f, shape, [from, to], ({ group: { vectors, lanes }, start, first, rows, inView }) => {
        const lanesOf = (j: number) => (j === vectors - 1 ? lanes : LANES);
        const list = (base: typeof x, offset: typeof start) => {
          const pointer = f.let(i32.add(base, offset));
          return Array.from({ length: vectors }, (_, j) => f.let(loadLanes(pointer, lanesOf(j), j * VECTOR)));
        };
        const [centres, inverses] = [list(mean, inView), list(inverseStd, inView)];
        const [gammas, shifts] = [list(gamma, start), list(beta, start)];
        const scales = inverses.map((inverse, j) => f.let(f32x4.mul(inverse, gammas[j] ?? inverse)));
        f.set(source, i32.add(x, first));
        f.set(added, i32.add(residual, first));
        f.set(target, i32.add(y, first));
        eachRow(f, rows, rowBytes, epilogue.residual ? [source, target, added] : [source, target], () => {
          for (let j = 0; j < vectors; j++) {
            const [centre, scale, shift] = [centres[j] ?? value, scales[j] ?? value, shifts[j] ?? value];
            const apart = f32x4.sub(loadLanes(source, lanesOf(j), j * VECTOR), centre);
            f.set(value, multiplyAdd(variant, apart, scale, shift));
            if (epilogue.residual) f.set(value, f32x4.add(value, loadLanes(added, lanesOf(j), j * VECTOR)));
            if (epilogue.relu) f.set(value, f32x4.pmax(value, f.splat(0)));
            for (const store of storeLanes(target, value, lanesOf(j), j * VECTOR)) f.emit(store);
          }
        });
      });
    },
  });
}
