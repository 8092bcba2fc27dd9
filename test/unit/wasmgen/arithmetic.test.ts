import { describe, expect, it } from 'vitest';
import { binary, type Cover, unary } from '../../../src/engine/kernels/wasmgen/arithmetic';
import { copyRows } from '../../../src/engine/kernels/wasmgen/copyRows';
import { scatterRows } from '../../../src/engine/kernels/wasmgen/scatterRows';
import { middleSum } from '../../../src/engine/kernels/wasmgen/sums';
import { transpose } from '../../../src/engine/kernels/wasmgen/transpose';
import { Arena, maxError, randomFloats } from './harness';

const COVERS: readonly Cover[] = ['all', 'one', 'row', 'column'];

describe('arithmetic with operands that cover many elements', () => {
  const lengthOf = (cover: Cover, rows: number, columns: number): number =>
    ({ all: rows * columns, one: 1, row: columns, column: rows })[cover];
  const placeOf = (cover: Cover, row: number, column: number, columns: number): number =>
    ({ all: row * columns + column, one: 0, row: column, column: row })[cover];

  it.each(COVERS.flatMap((a) => COVERS.map((b) => [a, b] as const)))('%s and %s', (a, b) => {
    for (const [rows, columns] of [
      [1, 1],
      [5, 7],
      [3, 16],
      [2, 4099],
    ] as const) {
      const left = randomFloats(lengthOf(a, rows, columns), 1);
      const right = randomFloats(lengthOf(b, rows, columns), 2);
      const arena = new Arena();
      const y = arena.empty('y', rows * columns);
      const kernel = binary('sub', { rows, columns, a, b });
      arena.run(kernel, { a: arena.of('a', left), b: arena.of('b', right), y }, 2);
      const expected = Float32Array.from({ length: rows * columns }, (_, i) => {
        const [row, column] = [Math.floor(i / columns), i % columns];
        return left[placeOf(a, row, column, columns)]! - right[placeOf(b, row, column, columns)]!;
      });
      expect(arena.floats(y)).toEqual(expected);
    }
  });

  it('of one element at a time', () => {
    const x = randomFloats(4103, 3).map((value) => value + 2);
    const arena = new Arena();
    const source = arena.of('x', x);
    const y = arena.empty('y', x.length);
    arena.run(unary('rsqrt', x.length), { x: source, y }, 2);
    expect(
      maxError(
        arena.floats(y),
        x.map((value) => 1 / Math.sqrt(value)),
      ),
    ).toBeLessThan(2e-7);
  });
});

describe('sums over the middle axis', () => {
  it.each([
    [1, 1, 1],
    [3, 2500, 1],
    [4, 7, 5],
    [1, 9, 37],
  ])('[%i, %i, %i]', (outer, count, inner) => {
    const x = randomFloats(outer * count * inner, 4);
    const arena = new Arena();
    const y = arena.empty('y', outer * inner);
    arena.run(middleSum({ outer, count, inner }, 0.5), { x: arena.of('x', x), y }, 2);
    const expected = Float32Array.from({ length: outer * inner }, (_, i) => {
      const first = Math.floor(i / inner) * count * inner + (i % inner);
      let sum = 0;
      for (let n = 0; n < count; n++) sum += x[first + n * inner]!;
      return sum / 2;
    });
    expect(maxError(arena.floats(y), expected)).toBeLessThan(2e-6);
  });
});

describe('copies', () => {
  it('of rows out of longer ones into longer ones', () => {
    const x = randomFloats(5 * 9, 5);
    const arena = new Arena();
    const target = arena.of('target', new Float32Array(5 * 4));
    const kernel = copyRows({ rows: 5, bytes: 12, sourcePitch: 36, targetPitch: 16 });
    arena.run(kernel, { source: arena.of('source', x), target }, 3);
    const expected = Array.from({ length: 20 }, (_, i) => (i % 4 < 3 ? x[9 * Math.floor(i / 4) + (i % 4)]! : 0));
    expect([...arena.floats(target)]).toEqual(expected);
  });

  it('of all, by several threads', () => {
    const x = randomFloats(50_001, 6);
    const arena = new Arena();
    const target = arena.empty('target', x.length);
    const bytes = 4 * x.length;
    const kernel = copyRows({ rows: 1, bytes, sourcePitch: bytes, targetPitch: bytes });
    arena.run(kernel, { source: arena.of('source', x), target }, 3);
    expect(arena.floats(target)).toEqual(x);
  });

  it.each([
    [1, 6, 35, 1],
    [3, 2, 5, 3],
  ])('of axes that change places: [%i, %i, %i, %i]', (outer, rows, columns, inner) => {
    const x = randomFloats(outer * rows * columns * inner, 7);
    const arena = new Arena();
    const y = arena.empty('y', x.length);
    arena.run(transpose({ outer, rows, columns, inner }), { x: arena.of('x', x), y }, 2);
    const expected = new Float32Array(x.length);
    for (let o = 0; o < outer; o++)
      for (let r = 0; r < rows; r++)
        for (let c = 0; c < columns; c++)
          for (let i = 0; i < inner; i++)
            expected[((o * columns + c) * rows + r) * inner + i] = x[((o * rows + r) * columns + c) * inner + i]!;
    expect(arena.floats(y)).toEqual(expected);
  });

  it('of rows to the places that a list says, and nowhere else', () => {
    const rows = randomFloats(5 * 5, 8);
    const arena = new Arena();
    const target = arena.of('target', new Float32Array(6 * 5));
    const indices = arena.ofInts('indices', [4, 0, 2, 6, -1]);
    arena.run(scatterRows({ count: 5, width: 5, targetRows: 6 }), { rows: arena.of('rows', rows), indices, target });
    const expected = new Float32Array(30);
    [4, 0, 2].forEach((row, i) => expected.set(rows.subarray(5 * i, 5 * i + 5), 5 * row));
    expect(arena.floats(target)).toEqual(expected);
  });
});
