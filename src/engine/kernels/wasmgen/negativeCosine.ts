import { f32, f32x4, f64, select } from './assembler';
import { eachVector } from './elementwise';
import { defineKernel, type Kernel, type Variant } from './kernel';
import { at, FLOAT, loadLanes, multiplyAdd, storeLanes } from './lanes';
import { dotProducts, inverseNorm, LEAST_SQUARES } from './rowReductions';

/** The negative cosine similarity of rows p and z [rows, length] (Eq. 1 of the paper) and its gradient in p; it is symmetric in both. */

const PAIRS = { pp: ['p', 'p'], zz: ['z', 'z'], pz: ['p', 'z'] } as const;

/** `(p, z, cosines)`: the cosine of each pair of rows; `scaledMean(rows, -1)` computes the loss from them. A unit is a row. */
export function cosineOfRows(rows: number, length: number, variant: Variant): Kernel<'p' | 'z' | 'cosines'> {
  return defineKernel({
    name: `cosineOfRows-${rows}x${length}${variant.fma ? '-fma' : ''}`,
    buffers: ['p', 'z', 'cosines'],
    units: rows,
    write(f, { p, z, cosines, from, to }) {
      f.upTo(from, to, 1, () => {
        const places = { p: at(p, from, length * FLOAT), z: at(z, from, length * FLOAT) };
        const { pp, zz, pz } = dotProducts(f, variant, length, places, PAIRS);
        const cosine = f64.mul(pz, f64.mul(inverseNorm(f, pp), inverseNorm(f, zz)));
        f.emit(f32.store(at(cosines, from, FLOAT), f32.fromF64(cosine)));
      });
    },
  });
}

/**
 * `(p, z, dy, dp)`: dp = -dy/rows (z/(|p||z|) - cosine p/|p|^2), where dy is one number; the second term is the gradient of the norm, and
 * is 0 where the norm is bounded. A unit is a row.
 */
export function negativeCosineGradient(
  rows: number,
  length: number,
  variant: Variant,
): Kernel<'p' | 'z' | 'dy' | 'dp'> {
  return defineKernel({
    name: `negativeCosineGradient-${rows}x${length}${variant.fma ? '-fma' : ''}`,
    buffers: ['p', 'z', 'dy', 'dp'],
    units: rows,
    write(f, { p, z, dy, dp, from, to }) {
      const { byZ, byP, value } = f.locals('v128', 'byZ', 'byP', 'value');
      f.upTo(from, to, 1, () => {
        const [pRow, zRow] = [f.let(at(p, from, length * FLOAT)), f.let(at(z, from, length * FLOAT))];
        const target = f.let(at(dp, from, length * FLOAT));
        const { pp, zz, pz } = dotProducts(f, variant, length, { p: pRow, z: zRow }, PAIRS);
        const inverseP = inverseNorm(f, pp);
        const both = f.let(f64.mul(inverseP, inverseNorm(f, zz)));
        const along = f64.mul(f64.mul(pz, both), f64.mul(inverseP, inverseP));
        const scale = f.let(f64.div(f64.fromF32(f32.load(dy)), f64.const(-rows)));
        f.set(byZ, f32x4.splat(f32.fromF64(f64.mul(scale, both))));
        const back = select(f64.ge(pp, f64.const(LEAST_SQUARES)), f64.sub(f64.const(0), along), f64.const(0));
        f.set(byP, f32x4.splat(f32.fromF64(f64.mul(scale, back))));
        eachVector(f, length, [pRow, zRow, target], (lanes) => {
          f.set(value, multiplyAdd(variant, loadLanes(pRow, lanes), byP, f32x4.mul(loadLanes(zRow, lanes), byZ)));
          for (const store of storeLanes(target, value, lanes)) f.emit(store);
        });
      });
    },
  });
}
