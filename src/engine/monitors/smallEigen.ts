/** Sweeps over all pairs; a matrix of a few rows is diagonal to rounding after about six. */
const MOST_SWEEPS = 30;

export interface SymmetricEigen {
  /** Descending. */
  readonly values: Float64Array;
  /** Column k, `vectors[i * n + k]`, belongs to value k; orthonormal. */
  readonly vectors: Float64Array;
}

/**
 * Eigenvalues and eigenvectors of a small symmetric n x n matrix by cyclic Jacobi rotations (Golub & Van Loan, Sec. 8.5). A matrix that is
 * diagonal and in order already keeps its axes, so that equal eigenvalues do not turn them.
 * @param matrix row-major and symmetric; not changed
 */
export function smallEigen(matrix: Float64Array, n: number): SymmetricEigen {
  const a = Float64Array.from(matrix);
  const v = identity(n);
  for (let sweep = 0; sweep < MOST_SWEEPS; sweep++) {
    let turned = false;
    for (let p = 0; p < n - 1; p++) for (let q = p + 1; q < n; q++) turned = rotate(a, v, n, p, q) || turned;
    if (!turned) break;
  }
  const order = Array.from({ length: n }, (_, k) => k).sort((i, j) => a[j * n + j] - a[i * n + i] || i - j);
  const vectors = new Float64Array(n * n);
  order.forEach((from, to) => {
    for (let i = 0; i < n; i++) vectors[i * n + to] = v[i * n + from];
  });
  return { values: Float64Array.from(order, (k) => a[k * n + k]), vectors };
}

export function identity(n: number): Float64Array {
  const out = new Float64Array(n * n);
  for (let i = 0; i < n; i++) out[i * n + i] = 1;
  return out;
}

/** Makes a[p, q] zero by a rotation of at most 45 degrees; false where it is negligible already. */
function rotate(a: Float64Array, v: Float64Array, n: number, p: number, q: number): boolean {
  const apq = a[p * n + q];
  const app = a[p * n + p];
  const aqq = a[q * n + q];
  if (Math.abs(apq) <= Number.EPSILON * Math.sqrt(Math.abs(app * aqq)) || Math.abs(apq) < Number.MIN_VALUE * 4) {
    return false;
  }
  const theta = (aqq - app) / (2 * apq);
  const t = (theta < 0 ? -1 : 1) / (Math.abs(theta) + Math.sqrt(theta * theta + 1));
  const c = 1 / Math.sqrt(t * t + 1);
  const s = t * c;
  for (let k = 0; k < n; k++) {
    const kp = a[k * n + p];
    const kq = a[k * n + q];
    a[k * n + p] = c * kp - s * kq;
    a[k * n + q] = s * kp + c * kq;
  }
  for (let k = 0; k < n; k++) {
    const pk = a[p * n + k];
    const qk = a[q * n + k];
    a[p * n + k] = c * pk - s * qk;
    a[q * n + k] = s * pk + c * qk;
    const vp = v[k * n + p];
    const vq = v[k * n + q];
    v[k * n + p] = c * vp - s * vq;
    v[k * n + q] = s * vp + c * vq;
  }
  return true;
}
