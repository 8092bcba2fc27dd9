import { seededRandom } from '../random';
import { smallEigen } from './smallEigen';

/** Directions that are iterated: more than the three that are used, so that these converge faster. */
const BLOCK = 6;
const MOST_ITERATIONS = 16;
/** The iteration ends when the sum of the eigenvalues of the three leading directions grows by less than this share. */
const TOLERANCE = 1e-4;
/** A column of which less than this share is left after orthogonalisation has no direction of its own but rounding errors. */
const NO_DIRECTION = 1e-10;

export interface LeadingDirections {
  /** Number of directions: min(size, 6). */
  readonly count: number;
  /** [size, count], row-major; orthonormal columns, that of the largest eigenvalue first. */
  readonly directions: Float64Array;
  /** Descending. Only the first three are accurate. */
  readonly eigenvalues: Float64Array;
}

/**
 * The leading eigenvectors of a symmetric matrix without negative eigenvalues, by subspace iteration (Golub & Van Loan, Sec. 8.2.4).
 * Deterministic. Begun at the directions of a similar matrix, it stays near them where eigenvalues are nearly equal, and keeps those of
 * eigenvalue 0 as they are.
 * @param matrix size x size, row-major, both triangles filled
 * @param before what this function gave for the matrix before, of the same size; null begins anew
 */
export function leadingDirections(
  matrix: Float64Array,
  size: number,
  before: LeadingDirections | null,
): LeadingDirections {
  const count = Math.min(size, BLOCK);
  let now = ritz(matrix, size, count, orthonormalised(before?.directions ?? drawn(size, count), null, size, count));
  for (let i = 0; i < MOST_ITERATIONS; i++) {
    const next = ritz(matrix, size, count, orthonormalised(now.images, now.directions, size, count));
    const grown = topSum(next.eigenvalues) - topSum(now.eigenvalues);
    now = next;
    if (grown <= TOLERANCE * topSum(now.eigenvalues)) break;
  }
  return { count, directions: now.directions, eigenvalues: now.eigenvalues };
}

function topSum(eigenvalues: Float64Array): number {
  return eigenvalues.subarray(0, 3).reduce((sum, value) => sum + value, 0);
}

function drawn(size: number, count: number): Float64Array {
  const random = seededRandom(0, 'leading directions');
  return Float64Array.from({ length: size * count }, () => random.uniform(-1, 1));
}

interface Ritz {
  readonly directions: Float64Array;
  readonly eigenvalues: Float64Array;
  /** The matrix times the directions. */
  readonly images: Float64Array;
}

/** The best approximations of eigenvectors within the space of orthonormal columns `q` (Rayleigh-Ritz). */
function ritz(matrix: Float64Array, size: number, count: number, q: Float64Array): Ritz {
  const images = times(matrix, size, q, count);
  const inner = new Float64Array(count * count);
  for (let i = 0; i < size; i++) {
    for (let a = 0; a < count; a++) {
      for (let b = 0; b < count; b++) inner[a * count + b] += q[i * count + a] * images[i * count + b];
    }
  }
  for (let a = 0; a < count; a++) {
    for (let b = 0; b < a; b++) inner[a * count + b] = inner[b * count + a];
  }
  const { values, vectors } = smallEigen(inner, count);
  const turned = (columns: Float64Array) => rotated(columns, size, count, vectors);
  return { directions: turned(q), eigenvalues: values.map((value) => Math.max(0, value)), images: turned(images) };
}

/** matrix [size, size] times columns [size, count]. */
function times(matrix: Float64Array, size: number, columns: Float64Array, count: number): Float64Array {
  const out = new Float64Array(size * count);
  for (let i = 0; i < size; i++) {
    for (let j = 0; j < size; j++) {
      const value = matrix[i * size + j];
      for (let k = 0; k < count; k++) out[i * count + k] += value * columns[j * count + k];
    }
  }
  return out;
}

/** columns [size, count] times w [count, count]. */
function rotated(columns: Float64Array, size: number, count: number, w: Float64Array): Float64Array {
  const out = new Float64Array(size * count);
  for (let i = 0; i < size; i++) {
    for (let k = 0; k < count; k++) {
      let sum = 0;
      for (let j = 0; j < count; j++) sum += columns[i * count + j] * w[j * count + k];
      out[i * count + k] = sum;
    }
  }
  return out;
}

/**
 * Orthonormal columns that span the same space (modified Gram-Schmidt, twice). A column without a direction of its own is replaced by that of
 * `instead`, else by an axis.
 */
function orthonormalised(columns: Float64Array, instead: Float64Array | null, size: number, count: number) {
  const out = new Float64Array(size * count);
  for (let k = 0; k < count; k++) {
    const found =
      place(out, k, size, count, (i) => columns[i * count + k]) ||
      (instead !== null && place(out, k, size, count, (i) => instead[i * count + k]));
    for (let axis = 0; axis < size && !found; axis++) {
      if (place(out, k, size, count, (i) => (i === axis ? 1 : 0))) break;
    }
  }
  return out;
}

/** Writes a vector, made orthogonal to the columns before k and of length 1, to column k; false where nothing is left of it. */
function place(out: Float64Array, k: number, size: number, count: number, vector: (i: number) => number): boolean {
  const v = Float64Array.from({ length: size }, (_, i) => vector(i));
  const length = norm(v);
  for (let pass = 0; pass < 2; pass++) {
    for (let other = 0; other < k; other++) {
      let along = 0;
      for (let i = 0; i < size; i++) along += v[i] * out[i * count + other];
      for (let i = 0; i < size; i++) v[i] -= along * out[i * count + other];
    }
  }
  const left = norm(v);
  if (!(left > NO_DIRECTION * length)) return false;
  for (let i = 0; i < size; i++) out[i * count + k] = v[i] / left;
  return true;
}

function norm(v: Float64Array): number {
  let squares = 0;
  for (let i = 0; i < v.length; i++) squares += v[i] * v[i];
  return Math.sqrt(squares);
}
