import { type FunctionBuilder, f32, f32x4, f64, i32, type Local, v128 } from '../assembler';
import { defineKernel, type Kernel, type Variant } from '../kernel';
import { at, FLOAT, type Group, LANES, loadLanes, multiplyAdd, storeLanes, VECTOR } from '../lanes';
import { type BatchNormShape, batchNormName, eachBlockGroup, eachRow, rowBlocksOf } from './blocks';
import { type Epilogue, epilogueName } from './forward';

/** The gradients of BatchNorm, in three parts like the forward pass; g is dy, and 0 where the ReLU's output is 0. */

const lanesOf = ({ vectors, lanes }: Group, j: number): number => (j === vectors - 1 ? lanes : LANES);

/** g of the j-th vector of a row: dy, and 0 where a ReLU made y 0. */
function incoming(f: FunctionBuilder, relu: boolean, dy: Local<'i32'>, y: Local<'i32'>, lanes: number, j: number) {
  const gradient = loadLanes(dy, lanes, j * VECTOR);
  return relu ? v128.and(gradient, f32x4.gt(loadLanes(y, lanes, j * VECTOR), f.splat(0))) : gradient;
}

/** `(dy, x, y, mean, partials)`: for each block and channel the sums of g and of g (x - mean). A unit is a block. y is read only with a ReLU. */
export function batchNormGradientSums(
  shape: BatchNormShape,
  relu: boolean,
  variant: Variant,
): Kernel<'dy' | 'x' | 'y' | 'mean' | 'partials'> {
  const rowBytes = shape.channels * FLOAT;
  return defineKernel({
    name: `batchNormGradientSums-${batchNormName(shape)}${relu ? '-relu' : ''}${variant.fma ? '-fma' : ''}`,
    buffers: ['dy', 'x', 'y', 'mean', 'partials'],
    units: rowBlocksOf(shape).count,
    write(f, { dy, x, y, mean, partials, from, to }) {
      const [gradient, source, result, g] = [f.local('i32'), f.local('i32'), f.local('i32'), f.local('v128')];
      eachBlockGroup(f, shape, [from, to], ({ group, first, rows, inView, partial }) => {
        const zeros = () => Array.from({ length: group.vectors }, () => f.let(f32x4.const(0)));
        const [sums, products] = [zeros(), zeros()];
        const means = f.let(i32.add(mean, inView));
        const centres = sums.map((_, j) => f.let(loadLanes(means, lanesOf(group, j), j * VECTOR)));
        f.set(gradient, i32.add(dy, first));
        f.set(source, i32.add(x, first));
        f.set(result, i32.add(y, first));
        eachRow(f, rows, rowBytes, relu ? [gradient, source, result] : [gradient, source], () =>
          sums.forEach((sum, j) => {
            const lanes = lanesOf(group, j);
            f.set(g, incoming(f, relu, gradient, result, lanes, j));
            f.set(sum, f32x4.add(sum, g));
            const apart = f32x4.sub(loadLanes(source, lanes, j * VECTOR), centres[j] ?? g);
            const product = products[j] ?? g;
            f.set(product, multiplyAdd(variant, g, apart, product));
          }),
        );
        const target = f.let(i32.add(partials, partial));
        sums.forEach((sum, j) => {
          const lanes = lanesOf(group, j);
          for (const store of storeLanes(target, sum, lanes, j * VECTOR)) f.emit(store);
          for (const store of storeLanes(target, products[j] ?? g, lanes, rowBytes + j * VECTOR)) f.emit(store);
        });
      });
    },
  });
}

/** Floats of the coefficients of `batchNormGradient`: three of each channel for each view. */
export const batchNormCoefficients = ({ channels, views }: BatchNormShape): number => 3 * channels * views;

/**
 * `(partials, inverseStd, gamma, dGamma, dBeta, coefficients)`: dGamma = sum of g xhat and dBeta = sum of g over all views, and the
 * coefficients of the gradient in x. A unit is a channel. Sums of blocks are added in float64.
 */
export function batchNormGradientTotals(
  shape: BatchNormShape,
): Kernel<'partials' | 'inverseStd' | 'gamma' | 'dGamma' | 'dBeta' | 'coefficients'> {
  const { channels, views } = shape;
  const { rowsPerView, perView } = rowBlocksOf(shape);
  const rowBytes = channels * FLOAT;
  return defineKernel({
    name: `batchNormGradientTotals-${batchNormName(shape)}`,
    buffers: ['partials', 'inverseStd', 'gamma', 'dGamma', 'dBeta', 'coefficients'],
    units: channels,
    write(f, { partials, inverseStd, gamma, dGamma, dBeta, coefficients, from, to }) {
      const { sum, products, inverse, scale, allSums, allProducts } = f.locals(
        'f64',
        'sum',
        'products',
        'inverse',
        'scale',
        'allSums',
        'allProducts',
      );
      f.upTo(from, to, 1, () => {
        const channel = f.let(i32.mul(from, FLOAT));
        f.set(allSums, f64.const(0));
        f.set(allProducts, f64.const(0));
        const partial = f.let(i32.add(partials, channel));
        f.times(views, (view) => {
          f.set(sum, f64.const(0));
          f.set(products, f64.const(0));
          f.times(perView, () => {
            f.set(sum, f64.add(sum, f64.fromF32(f32.load(partial))));
            f.set(products, f64.add(products, f64.fromF32(f32.load(partial, rowBytes))));
            f.advance(partial, 3 * rowBytes);
          });
          f.set(inverse, f64.fromF32(f32.load(at(i32.add(inverseStd, channel), view, rowBytes))));
          f.set(products, f64.mul(products, inverse));
          f.set(scale, f64.mul(inverse, f64.fromF32(f32.load(i32.add(gamma, channel)))));
          f.set(allSums, f64.add(allSums, sum));
          f.set(allProducts, f64.add(allProducts, products));
          const target = f.let(at(i32.add(coefficients, channel), view, 3 * rowBytes));
          const share = (of: Local<'f64'>) => f64.mul(f64.div(of, f64.const(-rowsPerView)), scale);
          f.emit(f32.store(target, f32.fromF64(scale)));
          f.emit(f32.store(target, f32.fromF64(share(sum)), rowBytes));
          f.emit(f32.store(target, f32.fromF64(f64.mul(share(products), inverse)), 2 * rowBytes));
        });
        f.emit(f32.store(i32.add(dGamma, channel), f32.fromF64(allProducts)));
        f.emit(f32.store(i32.add(dBeta, channel), f32.fromF64(allSums)));
      });
    },
  });
}

/**
 * `(dy, x, y, mean, coefficients, dx, dResidual)`: dx = gamma inverseStd (g - mean(g) - xhat mean(g xhat)), and dResidual = g where there is a residual. A unit
 * is a block of rows; dx may be dy or x. y is read only with a ReLU.
 */
export function batchNormGradient(
  shape: BatchNormShape,
  epilogue: Epilogue,
  variant: Variant,
): Kernel<'dy' | 'x' | 'y' | 'mean' | 'coefficients' | 'dx' | 'dResidual'> {
  const rowBytes = shape.channels * FLOAT;
  const { relu, residual } = epilogue;
  return defineKernel({
    name: `batchNormGradient-${batchNormName(shape)}${epilogueName(epilogue)}${variant.fma ? '-fma' : ''}`,
    buffers: ['dy', 'x', 'y', 'mean', 'coefficients', 'dx', 'dResidual'],
    units: rowBlocksOf(shape).count,
    write(f, { dy, x, y, mean, coefficients, dx, dResidual, from, to }) {
      const { gradient, source, result, target, passed } = f.locals(
        'i32',
        'gradient',
        'source',
        'result',
        'target',
        'passed',
      );
      const g = f.local('v128');
      eachBlockGroup(f, shape, [from, to], ({ group, start, first, rows, inView }) => {
        const vectors = Array.from({ length: group.vectors }, (_, j) => j);
        // [views, 3, channels]: three times as far as [views, channels], but for the place in the row.
        const triple = i32.sub(i32.mul(inView, 3), i32.mul(start, 2));
        const list = f.let(i32.add(coefficients, triple));
        const means = f.let(i32.add(mean, inView));
        const load = (from: Local<'i32'>, offset: number) =>
          vectors.map((j) => f.let(loadLanes(from, lanesOf(group, j), offset + j * VECTOR)));
        const centres = load(means, 0);
        const [scales, shifts, slopes] = [load(list, 0), load(list, rowBytes), load(list, 2 * rowBytes)];
        f.set(gradient, i32.add(dy, first));
        f.set(source, i32.add(x, first));
        f.set(result, i32.add(y, first));
        f.set(target, i32.add(dx, first));
        f.set(passed, i32.add(dResidual, first));
        const moving = [gradient, source, target, ...(relu ? [result] : []), ...(residual ? [passed] : [])];
        eachRow(f, rows, rowBytes, moving, () => {
          for (const j of vectors) {
            const lanes = lanesOf(group, j);
            const [centre, scale, shift, slope] = [centres[j] ?? g, scales[j] ?? g, shifts[j] ?? g, slopes[j] ?? g];
            f.set(g, incoming(f, relu, gradient, result, lanes, j));
            const apart = f32x4.sub(loadLanes(source, lanes, j * VECTOR), centre);
            const rest = multiplyAdd(variant, apart, slope, shift);
            const value = f.let(multiplyAdd(variant, g, scale, rest));
            for (const store of storeLanes(target, value, lanes, j * VECTOR)) f.emit(store);
            if (residual) for (const store of storeLanes(passed, g, lanes, j * VECTOR)) f.emit(store);
          }
        });
      });
    },
  });
}
