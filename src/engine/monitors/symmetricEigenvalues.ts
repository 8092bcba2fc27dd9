/**
 * Eigenvalues of a symmetric matrix, without eigenvectors: Householder reduction to tridiagonal form, then implicit QR steps
 * with Wilkinson's shift (Golub & Van Loan, Matrix Computations, 4th ed., Sec. 8.3).
 * Absolute error of each about machine epsilon x the largest.
 * @param matrix n x n, row-major; only its lower triangle is read, and it is overwritten.
 * @returns n eigenvalues, ascending.
 * @throws RangeError when the iteration does not converge, which was never observed with finite numbers.
 */
export function symmetricEigenvalues(matrix: Float64Array, n: number): Float64Array {
  return tridiagonalEigenvalues(tridiagonalize(matrix, n)).sort();
}

interface Tridiagonal {
  readonly diagonal: Float64Array;
  /** `offDiagonal[i]` couples i and i + 1; the last entry is unused. */
  readonly offDiagonal: Float64Array;
}

/**
 * Householder reflections (Algorithm 8.3.1), from the last row up, so that the remaining block is always the leading one and rows are read
 * in memory order.
 */
function tridiagonalize(a: Float64Array, n: number): Tridiagonal {
  const diagonal = new Float64Array(n);
  const offDiagonal = new Float64Array(n);
  const v = new Float64Array(n);
  const w = new Float64Array(n);
  for (let i = n - 1; i > 0; i--) {
    const row = i * n;
    diagonal[i] = a[row + i];
    // Reflect a[i, 0..i-1] onto its last entry: H = I - beta v v^T.
    let scale = 0;
    for (let j = 0; j < i; j++) scale = Math.max(scale, Math.abs(a[row + j]));
    if (scale === 0) continue;
    let squares = 0;
    for (let j = 0; j < i; j++) {
      v[j] = a[row + j] / scale;
      squares += v[j] * v[j];
    }
    const norm = Math.sqrt(squares);
    const target = v[i - 1] > 0 ? -norm : norm;
    offDiagonal[i - 1] = scale * target;
    const beta = 1 / (squares - v[i - 1] * target);
    v[i - 1] -= target;

    // H A H = A - v w^T - w v^T with p = beta A v and w = p - (beta v.p / 2) v.
    w.fill(0, 0, i);
    for (let r = 0; r < i; r++) {
      const start = r * n;
      const vr = v[r];
      let sum = 0;
      for (let c = 0; c < r; c++) {
        const value = a[start + c];
        sum += value * v[c];
        w[c] += value * vr;
      }
      w[r] += sum + a[start + r] * vr;
    }
    let dot = 0;
    for (let r = 0; r < i; r++) {
      w[r] *= beta;
      dot += v[r] * w[r];
    }
    const half = (beta * dot) / 2;
    for (let r = 0; r < i; r++) w[r] -= half * v[r];
    for (let r = 0; r < i; r++) {
      const start = r * n;
      const vr = v[r];
      const wr = w[r];
      for (let c = 0; c <= r; c++) a[start + c] -= vr * w[c] + wr * v[c];
    }
  }
  if (n > 0) diagonal[0] = a[0];
  return { diagonal, offDiagonal };
}

const MAX_SWEEPS_PER_EIGENVALUE = 60;

/** QR steps on the last unreduced block until its last entry splits off, in place (Algorithm 8.3.3). */
function tridiagonalEigenvalues({ diagonal: d, offDiagonal: e }: Tridiagonal): Float64Array {
  // Compared with the largest entry, not with its neighbours: in a matrix of low rank these are rounding errors, and the iteration would
  // not converge.
  let largest = 0;
  for (let i = 0; i < d.length; i++) largest = Math.max(largest, Math.abs(d[i]), Math.abs(e[i]));
  const negligible = (i: number) => Math.abs(e[i]) <= Number.EPSILON * largest;
  let sweeps = 0;
  for (let last = d.length - 1; last > 0; ) {
    if (negligible(last - 1)) {
      last--;
      sweeps = 0;
      continue;
    }
    if (sweeps++ === MAX_SWEEPS_PER_EIGENVALUE) throw new RangeError('The eigenvalue iteration did not converge.');
    let first = last - 1;
    while (first > 0 && !negligible(first - 1)) first--;
    qrStep(d, e, first, last);
  }
  return d;
}

/** One implicit QR step on the block `first..last` (Algorithm 8.3.2): plane rotations chase a bulge down the band. */
function qrStep(d: Float64Array, e: Float64Array, first: number, last: number): void {
  const half = (d[last - 1] - d[last]) / 2;
  const coupling = e[last - 1];
  const root = Math.sqrt(half * half + coupling * coupling);
  const shift = d[last] - (coupling / (half < 0 ? half - root : half + root)) * coupling;
  let x = d[first] - shift;
  let bulge = e[first];
  for (let k = first; k < last; k++) {
    // The rotation of rows and columns k, k + 1 that turns (x, bulge) into (r, 0).
    const r = Math.sqrt(x * x + bulge * bulge);
    const c = r === 0 ? 1 : x / r;
    const s = r === 0 ? 0 : bulge / r;
    if (k > first) e[k - 1] = r;
    const dk = d[k];
    const dn = d[k + 1];
    const mixed = 2 * c * s * e[k];
    d[k] = c * c * dk + s * s * dn + mixed;
    d[k + 1] = s * s * dk + c * c * dn - mixed;
    e[k] = c * s * (dn - dk) + (c * c - s * s) * e[k];
    if (k + 1 < last) {
      x = e[k];
      bulge = s * e[k + 1];
      e[k + 1] *= c;
    }
  }
}
