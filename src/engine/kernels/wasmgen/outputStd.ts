import { f32, f32x4 } from './assembler';
import { defineKernel, type Kernel, type Variant } from './kernel';
import { at, eachGroup, FLOAT, GROUP, groupsOf, LANES, loadLanes, multiplyAdd, storeLanes, VECTOR } from './lanes';
import { dotProducts, inverseNorm } from './rowReductions';

/** The mean over channels of the std of l2-normalised rows (Fig. 2 of the paper): inverse norms, std of channels, then `scaledMean`. */

/** `(z, inverse)`: 1/|z| of each row of z [rows, length], bounded for rows that count as zero. A unit is a row. */
export function inverseNorms(rows: number, length: number, variant: Variant): Kernel<'z' | 'inverse'> {
  return defineKernel({
    name: `inverseNorms-${rows}x${length}${variant.fma ? '-fma' : ''}`,
    buffers: ['z', 'inverse'],
    units: rows,
    write(f, { z, inverse, from, to }) {
      f.upTo(from, to, 1, () => {
        const row = at(z, from, length * FLOAT);
        const { squares } = dotProducts(f, variant, length, { row }, { squares: ['row', 'row'] });
        f.emit(f32.store(at(inverse, from, FLOAT), f32.fromF64(inverseNorm(f, squares))));
      });
    },
  });
}

/**
 * `(z, inverse, spread)`: the (biased) std of each channel of the normalised rows, in two passes, since the mean of squares minus the
 * squared mean loses its digits near a collapse. A unit is 16 channels.
 */
export function stdOfChannels(rows: number, length: number, variant: Variant): Kernel<'z' | 'inverse' | 'spread'> {
  return defineKernel({
    name: `stdOfChannels-${rows}x${length}${variant.fma ? '-fma' : ''}`,
    buffers: ['z', 'inverse', 'spread'],
    units: groupsOf(length).count,
    write(f, { z, inverse, spread, from, to }) {
      const [row, norm, scale, apart] = [f.local('i32'), f.local('i32'), f.local('v128'), f.local('v128')];
      eachGroup(f, length, [from, to], ({ vectors, lanes }, index) => {
        const lanesOf = (j: number) => (j === vectors - 1 ? lanes : LANES);
        const zeros = () => Array.from({ length: vectors }, () => f.let(f32x4.const(0)));
        const eachRow = (body: (value: (j: number) => ReturnType<typeof f32x4.mul>) => void) => {
          f.set(row, at(z, index, GROUP * FLOAT));
          f.set(norm, inverse);
          f.times(rows, () => {
            f.set(scale, f32x4.loadSplat(norm));
            body((j) => f32x4.mul(loadLanes(row, lanesOf(j), j * VECTOR), scale));
            f.advance(row, length * FLOAT);
            f.advance(norm, FLOAT);
          });
        };
        const [means, squares] = [zeros(), zeros()];
        eachRow((value) => means.forEach((mean, j) => f.set(mean, f32x4.add(mean, value(j)))));
        for (const mean of means) f.set(mean, f32x4.div(mean, f.splat(rows)));
        eachRow((value) =>
          squares.forEach((square, j) => {
            f.set(apart, f32x4.sub(value(j), means[j] ?? apart));
            f.set(square, multiplyAdd(variant, apart, apart, square));
          }),
        );
        const target = f.let(at(spread, index, GROUP * FLOAT));
        squares.forEach((square, j) => {
          f.set(square, f32x4.sqrt(f32x4.div(square, f.splat(rows))));
          for (const store of storeLanes(target, square, lanesOf(j), j * VECTOR)) f.emit(store);
        });
      });
    },
  });
}
