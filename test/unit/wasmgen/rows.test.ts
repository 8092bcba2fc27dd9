import { describe, expect, it } from 'vitest';
import { l2Normalise, l2NormaliseGradient } from '../../../src/engine/kernels/wasmgen/l2Normalise';
import { cosineOfRows, negativeCosineGradient } from '../../../src/engine/kernels/wasmgen/negativeCosine';
import { inverseNorms, stdOfChannels } from '../../../src/engine/kernels/wasmgen/outputStd';
import { scaledMean } from '../../../src/engine/kernels/wasmgen/scaledMean';
import { Arena, maxError, randomFloats, VARIANTS, variantName } from './harness';

type Numbers = ArrayLike<number>;

const rowsOf = (x: Numbers, length: number): number[][] =>
  Array.from({ length: x.length / length }, (_, row) => Array.from({ length }, (_, i) => x[row * length + i]!));
const dot = (a: readonly number[], b: readonly number[]): number => a.reduce((sum, v, i) => sum + v * b[i]!, 0);
const unit = (row: readonly number[]): number[] => row.map((v) => v / Math.sqrt(Math.max(dot(row, row), 1e-16)));

function negativeCosine(p: Numbers, z: Numbers, length: number): number {
  const others = rowsOf(z, length);
  const cosines = rowsOf(p, length).map((row, i) => dot(unit(row), unit(others[i]!)));
  return -cosines.reduce((a, b) => a + b) / cosines.length;
}

/** Central differences of a function of float64 numbers, at some forty of its arguments: `[index, slope]`. */
function differences(of: (x: Float64Array) => number, x: Numbers): [number, number][] {
  const step = 1e-5;
  const every = Math.ceil(x.length / 40);
  return Array.from({ length: Math.ceil(x.length / every) }, (_, k) => {
    const moved = (by: number) => of(Float64Array.from(x, (v, j) => (j === k * every ? v + by : v)));
    return [k * every, (moved(step) - moved(-step)) / (2 * step)];
  });
}

const SHAPES = [
  [1, 1],
  [7, 3],
  [4, 5],
  [3, 16],
  [5, 100],
  [64, 24],
] as const;

describe.each(VARIANTS.map((v) => [variantName(v), v] as const))('reductions of rows, %s', (_, variant) => {
  it.each(SHAPES)('negative cosine and its gradient of %i rows of %i', (rows, length) => {
    const [p, z] = [randomFloats(rows * length, 1), randomFloats(rows * length, 2)];
    const arena = new Arena();
    const given = { p: arena.of('p', p), z: arena.of('z', z) };
    const [cosines, loss, dp] = [arena.empty('cosines', rows), arena.empty('loss', 1), arena.empty('dp', p.length)];
    arena.run(cosineOfRows(rows, length, variant), { ...given, cosines }, Math.min(rows, 3));
    arena.run(scaledMean(rows, -1), { values: cosines, mean: loss });
    arena.run(
      negativeCosineGradient(rows, length, variant),
      { ...given, dy: arena.of('dy', [0.5]), dp },
      Math.min(rows, 3),
    );
    expect(arena.floats(loss)[0]).toBeCloseTo(negativeCosine(p, z, length), 6);
    const exact = differences((x) => 0.5 * negativeCosine(x, z, length), p);
    for (const [i, slope] of exact) expect(Math.abs(arena.floats(dp)[i]! - slope)).toBeLessThan(1e-6);
  });

  it('a zero row has cosine 0 and a finite gradient', () => {
    const arena = new Arena();
    const given = { p: arena.of('p', [0, 0, 0]), z: arena.of('z', [1, 2, 2]) };
    const [cosines, dp] = [arena.empty('cosines', 1), arena.empty('dp', 3)];
    arena.run(cosineOfRows(1, 3, variant), { ...given, cosines });
    arena.run(negativeCosineGradient(1, 3, variant), { ...given, dy: arena.of('dy', [1]), dp });
    expect(arena.floats(cosines)[0]).toBe(0);
    expect(maxError(arena.floats(dp), [-1e8 / 3, -2e8 / 3, -2e8 / 3])).toBeLessThan(1e-6);
  });

  it.each(SHAPES)('l2 normalisation and its gradient of %i rows of %i', (rows, length) => {
    const [x, dy] = [randomFloats(rows * length, 3), randomFloats(rows * length, 4)];
    x.fill(0, 0, rows > 1 ? length : 0);
    const arena = new Arena();
    const [y, dx] = [arena.empty('y', x.length), arena.empty('dx', x.length)];
    const given = arena.of('x', x);
    arena.run(l2Normalise(rows, length, variant), { x: given, y }, Math.min(rows, 2));
    arena.run(l2NormaliseGradient(rows, length, variant), { x: given, dy: arena.of('dy', dy), dx }, Math.min(rows, 2));
    expect(maxError(arena.floats(y), rowsOf(x, length).flatMap(unit))).toBeLessThan(1e-6);
    const gradients = rowsOf(dy, length);
    const exact = rowsOf(x, length).flatMap((row, i) => {
      const squares = dot(row, row);
      const direction = unit(row);
      const along = squares < 1e-16 ? 0 : dot(direction, gradients[i]!);
      return gradients[i]!.map((g, j) => (g - along * direction[j]!) / Math.sqrt(Math.max(squares, 1e-16)));
    });
    const zeroRow = rows > 1 ? length : 0;
    expect(maxError(arena.floats(dx).subarray(0, zeroRow), exact.slice(0, zeroRow))).toBeLessThan(1e-6);
    const rest = arena.floats(dx).subarray(zeroRow);
    for (let i = 0; i < rest.length; i++) expect(Math.abs(rest[i]! - exact[zeroRow + i]!)).toBeLessThan(2e-5);
  });

  it.each(SHAPES)('output std of %i rows of %i', (rows, length) => {
    const z = randomFloats(rows * length, 5);
    const arena = new Arena();
    const given = arena.of('z', z);
    const [inverse, spread, mean] = [
      arena.empty('inverse', rows),
      arena.empty('spread', length),
      arena.empty('mean', 1),
    ];
    arena.run(inverseNorms(rows, length, variant), { z: given, inverse }, Math.min(rows, 2));
    arena.run(stdOfChannels(rows, length, variant), { z: given, inverse, spread }, 2);
    arena.run(scaledMean(length, 1), { values: spread, mean });
    const units = rowsOf(z, length).map(unit);
    const exact = Array.from({ length }, (_, c) => {
      const centre = units.reduce((sum, row) => sum + row[c]!, 0) / rows;
      return Math.sqrt(units.reduce((sum, row) => sum + (row[c]! - centre) ** 2, 0) / rows);
    });
    for (let c = 0; c < length; c++) expect(arena.floats(spread)[c]).toBeCloseTo(exact[c]!, 6);
    expect(arena.floats(mean)[0]).toBeCloseTo(exact.reduce((a, b) => a + b) / length, 6);
  });

  it('NaN stays in its row', () => {
    const x = randomFloats(12, 6);
    x[5] = Number.NaN;
    const arena = new Arena();
    const y = arena.empty('y', 12);
    arena.run(l2Normalise(3, 4, variant), { x: arena.of('x', x), y });
    expect([...arena.floats(y)].map(Number.isNaN)).toEqual(Array.from({ length: 12 }, (_, i) => i >= 4 && i < 8));
  });
});
