import { describe, expect, it } from 'vitest';
import { softmax } from '../../../src/engine/kernels/wasmgen/softmax';
import { Arena, maxError, randomFloats } from './harness';

function reference(x: readonly number[]): number[] {
  const most = Math.max(...x);
  const sum = x.reduce((total, v) => total + Math.exp(v - most), 0);
  return x.map((v) => Math.exp(v - most) / sum);
}

function run(rows: number, length: number, x: ArrayLike<number>): Float32Array {
  const arena = new Arena();
  const y = arena.empty('y', x.length);
  arena.run(softmax(rows, length), { x: arena.of('x', x), y }, Math.min(rows, 3));
  return arena.floats(y);
}

describe('softmax', () => {
  it.each([
    [1, 1, 1],
    [3, 5, 1],
    [7, 16, 20],
    [2, 100, 60],
    [64, 24, 3],
  ])('of %i rows of %i within %i', (rows, length, range) => {
    const x = randomFloats(rows * length, 1).map((v) => v * range);
    const y = run(rows, length, x);
    for (let row = 0; row < rows; row++) {
      const part = (of: Float32Array) => [...of.subarray(row * length, (row + 1) * length)];
      expect(maxError(part(y), reference(part(x)))).toBeLessThan(1e-6);
    }
  });

  it('is small to the last digits where a number is far below the largest', () => {
    const y = run(1, 3, [0, -50, -90]);
    const exact = reference([0, -50, -90]);
    for (let i = 0; i < 2; i++) expect(Math.abs(y[i]! - exact[i]!)).toBeLessThanOrEqual(2e-7 * Math.abs(exact[i]!));
    expect(y[2]).toBeCloseTo(exact[2]!, 4);
  });

  it('makes NaN of a row with a NaN, and of no other', () => {
    const y = run(2, 3, [1, Number.NaN, 2, 1, 2, 3]);
    expect([...y].map(Number.isNaN)).toEqual([true, true, true, false, false, false]);
  });
});
