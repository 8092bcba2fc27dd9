import { expect, it } from 'vitest';
import { procrustes } from '../../../src/engine/monitors/procrustes';
import { smallEigen } from '../../../src/engine/monitors/smallEigen';
import { pseudoRandom } from './rows';

const product = (a: ArrayLike<number>, b: ArrayLike<number>) =>
  Float64Array.from({ length: 9 }, (_, at) =>
    [0, 1, 2].reduce((sum, k) => sum + a[Math.floor(at / 3) * 3 + k]! * b[k * 3 + (at % 3)]!, 0),
  );
const transpose = (m: ArrayLike<number>) =>
  Float64Array.from({ length: 9 }, (_, at) => m[(at % 3) * 3 + Math.floor(at / 3)]!);
const largest = (a: Float64Array, b: Float64Array) => a.reduce((max, v, i) => Math.max(max, Math.abs(v - b[i]!)), 0);
const IDENTITY = Float64Array.of(1, 0, 0, 0, 1, 0, 0, 0, 1);

/** A rotation about an axis given by its number, in radians. */
function rotation(axis: number, angle: number): Float64Array {
  const [i, j] = [(axis + 1) % 3, (axis + 2) % 3];
  const m = Float64Array.from(IDENTITY);
  m[i * 3 + i] = Math.cos(angle);
  m[j * 3 + j] = Math.cos(angle);
  m[i * 3 + j] = -Math.sin(angle);
  m[j * 3 + i] = Math.sin(angle);
  return m;
}

it('finds the rotation, or the reflection, between two sets of points', () => {
  const points = Array.from(pseudoRandom(300));
  for (const mirror of [1, -1]) {
    const turn = product(product(rotation(0, 2.5), rotation(2, -1)), Float64Array.of(1, 0, 0, 0, 1, 0, 0, 0, mirror));
    const m = new Float64Array(9);
    for (let at = 0; at < points.length; at += 3) {
      const c = points.slice(at, at + 3);
      const p = [0, 1, 2].map((i) => c.reduce((sum, value, k) => sum + turn[i * 3 + k]! * value, 0));
      for (let i = 0; i < 3; i++) for (let j = 0; j < 3; j++) m[i * 3 + j]! += p[i]! * c[j]!;
    }
    expect(largest(procrustes(m), turn)).toBeLessThan(1e-7);
  }
});

it.each([
  ['zeros', new Float64Array(9)],
  ['one direction', Float64Array.of(0, 0, 0, 4, 0, 0, 0, 0, 0)],
  ['one direction, oblique', Float64Array.of(1, 2, 3, 2, 4, 6, -1, -2, -3)],
  ['two directions', Float64Array.of(0, 1e-8, 0, 1e-8, 0, 0, 0, 0, 0)],
  ['nearly one direction', Float64Array.of(1, 0, 0, 0, 1e-12, 0, 0, 0, -1e-13)],
])('is orthogonal for a matrix of %s', (_, m) => {
  const q = procrustes(m);
  expect(largest(product(q, transpose(q)), IDENTITY)).toBeLessThan(1e-9);
});

it('of zeros is the identity', () => {
  expect(procrustes(new Float64Array(9))).toEqual(IDENTITY);
});

it('changes as little as the matrix while this is not singular', () => {
  const m = Float64Array.of(1, 0.1, 0, 0, 1e-3, 0, 0, 0, 1e-3);
  const moved = Float64Array.from(m, (value, i) => value + 1e-5 * (i % 2));
  expect(largest(procrustes(m), procrustes(moved))).toBeLessThan(0.03);
});

it('small symmetric matrices have their eigenvalues in order, with orthonormal vectors', () => {
  const a = pseudoRandom(9, 3);
  const m = product(a, transpose(a));
  const { values, vectors } = smallEigen(m, 3);
  expect([...values]).toEqual([...values].sort((x, y) => y - x));
  const scaled = Float64Array.from(vectors, (v, at) => v * values[at % 3]!);
  expect(largest(product(scaled, transpose(vectors)), m)).toBeLessThan(1e-12);
  expect(largest(product(vectors, transpose(vectors)), IDENTITY)).toBeLessThan(1e-12);
  expect(smallEigen(IDENTITY, 3).vectors).toEqual(IDENTITY);
});
