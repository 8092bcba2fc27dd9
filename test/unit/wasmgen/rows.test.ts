import { describe, expect, it } from 'vitest';
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
    const cosines = arena.empty('cosines', 3);
    arena.run(cosineOfRows(3, 4, variant), { p: arena.of('p', x), z: arena.of('z', randomFloats(12, 7)), cosines });
    expect([...arena.floats(cosines)].map(Number.isNaN)).toEqual([false, true, false]);
  });
});
