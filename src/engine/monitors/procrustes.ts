import { smallEigen } from './smallEigen';

/** A singular value below this share of the largest does not determine a direction. */
const NEGLIGIBLE = 1e-9;

/**
 * The orthogonal 3 x 3 matrix Q, a rotation or a reflection, with the largest trace of Q^T M: for M = sum of p_i c_i^T it turns the points c_i
 * as closely as possible onto the points p_i (orthogonal Procrustes, Schönemann 1966).
 * @param m 3 x 3, row-major and finite. Where it has a rank below 3, Q maps the directions that it leaves open in some fixed way.
 */
export function procrustes(m: Float64Array): Float64Array {
  // M = U S V^T, with V and S^2 from M^T M; Q = U V^T.
  const { values, vectors: v } = smallEigen(product(transpose(m), m), 3);
  const mv = product(m, v);
  const least = NEGLIGIBLE * Math.sqrt(Math.max(0, values[0]));
  const u: number[][] = [];
  for (let k = 0; k < 3; k++) {
    const column = [0, 1, 2].map((i) => mv[i * 3 + k]);
    const isOpen = Math.sqrt(Math.max(0, values[k])) <= least;
    u.push((isOpen ? null : orthonormal(column, u)) ?? openDirection(v, k, u));
  }
  const q = new Float64Array(9);
  for (let i = 0; i < 3; i++) {
    for (let j = 0; j < 3; j++) q[i * 3 + j] = u.reduce((sum, column, k) => sum + column[i] * v[j * 3 + k], 0);
  }
  return q;
}

/** A direction that is orthogonal to those found: as near to column k of V as possible, so that a matrix of zeros gives the identity. */
function openDirection(v: Float64Array, k: number, found: readonly number[][]): number[] {
  const axes = [k, 0, 1, 2].map((column) => [0, 1, 2].map((i) => v[i * 3 + column]));
  for (const axis of axes) {
    const direction = orthonormal(axis, found);
    if (direction !== null) return direction;
  }
  throw new RangeError('Three orthonormal axes cannot all lie in a plane.');
}

/** The part of a vector that is orthogonal to the others, of length 1; null where hardly anything is left. */
function orthonormal(vector: readonly number[], others: readonly number[][]): number[] | null {
  let rest = [...vector];
  const length = Math.hypot(...rest);
  for (const other of others) {
    const along = rest.reduce((sum, value, i) => sum + value * other[i], 0);
    rest = rest.map((value, i) => value - along * other[i]);
  }
  const left = Math.hypot(...rest);
  return length > 0 && left > 0.1 * length ? rest.map((value) => value / left) : null;
}

function transpose(m: Float64Array): Float64Array {
  return Float64Array.from(m, (_, at) => m[(at % 3) * 3 + Math.floor(at / 3)]);
}

function product(a: Float64Array, b: Float64Array): Float64Array {
  return Float64Array.from(a, (_, at) => {
    const [i, j] = [Math.floor(at / 3), at % 3];
    return a[i * 3] * b[j] + a[i * 3 + 1] * b[3 + j] + a[i * 3 + 2] * b[6 + j];
  });
}
