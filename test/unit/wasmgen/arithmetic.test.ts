import { describe, expect, it } from 'vitest';
import { binary, type Cover, step, unary } from '../../../src/engine/kernels/wasmgen/arithmetic';
import { compare, truthToFloat } from '../../../src/engine/kernels/wasmgen/comparison';
import { copyRows } from '../../../src/engine/kernels/wasmgen/copyRows';
import { gatherRows } from '../../../src/engine/kernels/wasmgen/gatherRows';
import { largestOfRows } from '../../../src/engine/kernels/wasmgen/largest';
import { logarithm } from '../../../src/engine/kernels/wasmgen/logarithm';
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

const { NaN: NAN, POSITIVE_INFINITY: INFINITE } = Number;
/** Zeros, infinities, NaN, numbers below the smallest normal float32, and the ends of the range of e^x. */
const SPECIAL = [
  0,
  -0,
  1,
  -1,
  INFINITE,
  -INFINITE,
  NAN,
  1e-40,
  -1e-40,
  2e-45,
  1e38,
  -1e38,
  88.72,
  88.73,
  -87.5,
  -103,
  -104,
];

/** Largest difference in units of the last digit of a float32; 0 where both are the same infinity or NaN. */
function lastDigits(actual: Float32Array, expected: readonly number[]): number {
  return Math.max(
    ...expected.map((exact, i) => {
      const rounded = Math.fround(exact);
      if (Object.is(actual[i], rounded) || actual[i] === rounded) return 0;
      const unit = 2 ** Math.max(-149, Math.floor(Math.log2(Math.abs(exact))) - 23);
      return Math.abs(actual[i]! - exact) / unit;
    }),
  );
}

describe('functions', () => {
  const spread = [...randomFloats(4103, 3)].map((x) => Math.fround(100 * x));

  it('exponential', () => {
    const x = [...SPECIAL, ...spread].map(Math.fround);
    const arena = new Arena();
    const y = arena.empty('y', x.length);
    arena.run(unary('exp', x.length), { x: arena.of('x', x), y }, 2);
    expect(lastDigits(arena.floats(y), x.map(Math.exp))).toBeLessThan(2);
  });

  it('logarithm', () => {
    const x = [...SPECIAL, ...spread, ...spread.map(Math.exp)].map(Math.fround);
    const arena = new Arena();
    const y = arena.empty('y', x.length);
    arena.run(logarithm(x.length), { x: arena.of('x', x), y }, 2);
    expect(lastDigits(arena.floats(y), x.map(Math.log))).toBeLessThan(1);
  });

  it('step', () => {
    const x = [...SPECIAL, ...spread].map(Math.fround);
    const arena = new Arena();
    const y = arena.empty('y', x.length);
    arena.run(step(0.25, x.length), { x: arena.of('x', x), y }, 2);
    expect([...arena.floats(y)]).toEqual(x.map((v) => (Number.isNaN(v) ? NAN : v > 0 ? 1 : 0.25)));
  });

  it('the larger of two', () => {
    const pairs = SPECIAL.flatMap((a) => SPECIAL.map((b) => [Math.fround(a), Math.fround(b)] as const));
    const arena = new Arena();
    const y = arena.empty('y', pairs.length);
    const kernel = binary('max', { rows: 1, columns: pairs.length, a: 'all', b: 'all' });
    const [a, b] = [0, 1].map((i) =>
      arena.of(
        `operand ${i}`,
        pairs.map((pair) => pair[i]!),
      ),
    );
    arena.run(kernel, { a: a!, b: b!, y });
    expect([...arena.floats(y)]).toEqual(pairs.map(([left, right]) => Math.max(left, right)));
  });
});

describe('the largest number of rows', () => {
  it.each([
    [1, 1],
    [3, 5],
    [2, 16],
    [7, 131],
  ])('%i rows of %i', (rows, length) => {
    const x = randomFloats(rows * length, 9);
    const arena = new Arena();
    const y = arena.empty('y', rows);
    arena.run(largestOfRows(rows, length), { x: arena.of('x', x), y }, Math.min(rows, 2));
    expect([...arena.floats(y)]).toEqual(
      Array.from({ length: rows }, (_, row) => Math.max(...x.subarray(row * length, (row + 1) * length))),
    );
  });

  it.each([0, 4, 6])('is NaN where number %i is', (place) => {
    const x = [1, 2, INFINITE, 3, -1, 5, 4];
    x[place] = NAN;
    const arena = new Arena();
    const y = arena.empty('y', 2);
    arena.run(largestOfRows(2, 7), { x: arena.of('x', [...x, ...Array(7).fill(-INFINITE)]), y });
    expect([...arena.floats(y)]).toEqual([NAN, -INFINITE]);
  });
});

describe('comparisons', () => {
  it.each(COVERS.flatMap((a) => COVERS.map((b) => [a, b] as const)))('of %s and %s, as floats', (a, b) => {
    const [rows, columns] = [5, 7];
    const some = (cover: Cover, seed: number) => {
      const length = { all: rows * columns, one: 1, row: columns, column: rows }[cover];
      return randomFloats(length, seed).map((v, i) => (i % 5 === 4 ? NAN : Math.round(2 * v)));
    };
    const at = (cover: Cover, i: number) =>
      ({ all: i, one: 0, row: i % columns, column: Math.floor(i / columns) })[cover];
    const [left, right] = [some(a, 1), some(b, 2)];
    for (const [comparison, holds] of [
      ['equal', (x: number, y: number) => x === y],
      ['greaterEqual', (x: number, y: number) => x >= y],
    ] as const) {
      const arena = new Arena();
      // 35 bytes, and one of the guards' NaN that must stay.
      const truth = arena.empty('truth', 9);
      const y = arena.empty('y', rows * columns);
      arena.run(
        compare(comparison, { rows, columns, a, b }),
        { a: arena.of('a', left), b: arena.of('b', right), y: truth },
        2,
      );
      arena.run(truthToFloat(rows * columns), { x: truth, y });
      const expected = Array.from({ length: rows * columns }, (_, i) => +holds(left[at(a, i)]!, right[at(b, i)]!));
      expect([...arena.floats(y)]).toEqual(expected);
    }
  });

  it('of more truth values than a unit has', () => {
    const count = 4100;
    const x = randomFloats(count, 4);
    const arena = new Arena();
    const [truth, y] = [arena.empty('truth', count / 4), arena.empty('y', count)];
    const shape = { rows: 1, columns: count, a: 'all', b: 'one' } as const;
    arena.run(compare('greaterEqual', shape), { a: arena.of('a', x), b: arena.of('b', [0]), y: truth });
    arena.run(truthToFloat(count), { x: truth, y }, 2);
    expect([...arena.floats(y)]).toEqual([...x].map((v) => +(v >= 0)));
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

  it('of the rows that a list says, and zeros for rows that there are not', () => {
    const x = randomFloats(6 * 5, 8);
    const arena = new Arena();
    const rows = arena.empty('rows', 5 * 5);
    const indices = arena.ofInts('indices', [4, 0, 6, 2, -1]);
    const kernel = gatherRows({ count: 5, width: 5, sourceRows: 6 });
    arena.run(kernel, { source: arena.of('source', x), indices, rows }, 2);
    const row = (i: number) => [...x.subarray(5 * i, 5 * i + 5)];
    const zeros = [0, 0, 0, 0, 0];
    expect([...arena.floats(rows)]).toEqual([...row(4), ...row(0), ...zeros, ...row(2), ...zeros]);
  });
});
