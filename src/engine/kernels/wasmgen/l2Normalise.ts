import { f32, f32x4, f64, select } from './assembler';
import { eachVector } from './elementwise';
import { defineKernel, type Kernel, type Variant } from './kernel';
import { at, FLOAT, loadLanes, multiplyAdd, storeLanes } from './lanes';
import { dotProducts, inverseNorm, LEAST_SQUARES } from './rowReductions';

/** `(x, y)`: rows of x [rows, length] over their l2 norm; a zero row stays zero. A unit is a row. */
export function l2Normalise(rows: number, length: number, variant: Variant): Kernel<'x' | 'y'> {
  return defineKernel({
    name: `l2Normalise-${rows}x${length}${variant.fma ? '-fma' : ''}`,
    buffers: ['x', 'y'],
    units: rows,
    write(f, { x, y, from, to }) {
      const { scale, value } = f.locals('v128', 'scale', 'value');
      f.upTo(from, to, 1, () => {
        const source = f.let(at(x, from, length * FLOAT));
        const target = f.let(at(y, from, length * FLOAT));
        const { squares } = dotProducts(f, variant, length, { x: source }, { squares: ['x', 'x'] });
        f.set(scale, f32x4.splat(f32.fromF64(inverseNorm(f, squares))));
        eachVector(f, length, [source, target], (lanes) => {
          f.set(value, f32x4.mul(loadLanes(source, lanes), scale));
          for (const store of storeLanes(target, value, lanes)) f.emit(store);
        });
      });
    },
  });
}

/** `(x, dy, dx)`: the gradient, (dy - y (y . dy)) / |x|, and dy over the bound where the norm is bounded. A unit is a row. */
export function l2NormaliseGradient(rows: number, length: number, variant: Variant): Kernel<'x' | 'dy' | 'dx'> {
  return defineKernel({
    name: `l2NormaliseGradient-${rows}x${length}${variant.fma ? '-fma' : ''}`,
    buffers: ['x', 'dy', 'dx'],
    units: rows,
    write(f, { x, dy, dx, from, to }) {
      const { scale, along, value } = f.locals('v128', 'scale', 'along', 'value');
      f.upTo(from, to, 1, () => {
        const source = f.let(at(x, from, length * FLOAT));
        const gradient = f.let(at(dy, from, length * FLOAT));
        const target = f.let(at(dx, from, length * FLOAT));
        const pairs = { squares: ['x', 'x'], dot: ['x', 'dy'] } as const;
        const { squares, dot } = dotProducts(f, variant, length, { x: source, dy: gradient }, pairs);
        const inverse = inverseNorm(f, squares);
        const norm = f64.mul(f64.mul(inverse, inverse), f64.mul(inverse, dot));
        const back = select(f64.ge(squares, f64.const(LEAST_SQUARES)), f64.sub(f64.const(0), norm), f64.const(0));
        f.set(scale, f32x4.splat(f32.fromF64(inverse)));
        f.set(along, f32x4.splat(f32.fromF64(back)));
        eachVector(f, length, [source, gradient, target], (lanes) => {
          const first = f32x4.mul(loadLanes(gradient, lanes), scale);
          f.set(value, multiplyAdd(variant, loadLanes(source, lanes), along, first));
          for (const store of storeLanes(target, value, lanes)) f.emit(store);
        });
      });
    },
  });
}
