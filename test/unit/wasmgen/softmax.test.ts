import { describe, expect, it } from 'vitest';
import { softmax, softmaxGradient } from '../../../src/engine/kernels/wasmgen/softmax';
import { Arena, maxError, randomFloats } from './harness';

type Result = 'probability' | 'logarithm';

function reference(x: readonly number[], result: Result): number[] {
  const most = Math.max(...x);
  const sum = x.reduce((total, v) => total + Math.exp(v - most), 0);
  return x.map((v) => (result === 'probability' ? Math.exp(v - most) / sum : v - most - Math.log(sum)));
}

function run(rows: number, length: number, result: Result, x: ArrayLike<number>, dy: ArrayLike<number>) {
  const arena = new Arena();
  const [y, dx] = [arena.empty('y', x.length), arena.empty('dx', x.length)];
  arena.run(softmax(rows, length, result), { x: arena.of('x', x), y }, Math.min(rows, 3));
  arena.run(softmaxGradient(rows, length, result), { y, dy: arena.of('dy', dy), dx }, Math.min(rows, 3));
  return { y: arena.floats(y), dx: arena.floats(dx) };
}

describe.each(['probability', 'logarithm'] as const)('softmax, %s', (result) => {
  it.each([
    [1, 1, 1],
    [3, 5, 1],
    [7, 16, 20],
    [2, 100, 60],
    [64, 24, 3],
  ])('and its gradient, %i rows of %i within %i', (rows, length, range) => {
    const x = randomFloats(rows * length, 1).map((v) => v * range);
    const dy = randomFloats(rows * length, 2);
    const { y, dx } = run(rows, length, result, x, dy);
    for (let row = 0; row < rows; row++) {
      const part = <T extends Float32Array>(of: T) => [...of.subarray(row * length, (row + 1) * length)];
      const exact = reference(part(x), result);
      expect(maxError(part(y), exact)).toBeLessThan(1e-6);
      const gradients = part(dy);
      const dot = gradients.reduce((sum, g, i) => sum + g * exact[i]!, 0);
      const all = gradients.reduce((sum, g) => sum + g, 0);
      gradients.forEach((g, i) => {
        const slope = result === 'probability' ? exact[i]! * (g - dot) : g - Math.exp(exact[i]!) * all;
        expect(part(dx)[i]).toBeCloseTo(slope, 5);
      });
    }
  });

  it('is small to the last digits where a number is far below the largest', () => {
    const { y } = run(1, 3, result, [0, -50, -90], [0, 0, 0]);
    const exact = reference([0, -50, -90], result);
    for (let i = 0; i < 2; i++) expect(Math.abs(y[i]! - exact[i]!)).toBeLessThanOrEqual(2e-7 * Math.abs(exact[i]!));
    expect(y[2]).toBeCloseTo(exact[2]!, 4);
  });

  it('makes NaN of a row with a NaN, and of no other', () => {
    const { y } = run(2, 3, result, [1, Number.NaN, 2, 1, 2, 3], [0, 0, 0, 0, 0, 0]);
    expect([...y].map(Number.isNaN)).toEqual([true, true, true, false, false, false]);
  });
});
