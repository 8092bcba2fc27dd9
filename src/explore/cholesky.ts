/** Rows of the factor that are computed at once: some 5 ms for 1,000 columns. */
const ROWS = 8;

/**
 * The lower triangle L of a symmetric positive definite matrix, L L^T = A (Golub & Van Loan, Matrix Computations, 4th ed., Sec. 4.2).
 * @param matrix d x d, row-major; only its lower triangle is read
 * @param between awaited between some rows; may throw to stop
 * @throws RangeError when the matrix is not positive definite
 */
export async function cholesky(
  matrix: Float64Array,
  d: number,
  between: () => Promise<void> = async () => undefined,
): Promise<Float64Array> {
  const factor = matrix.slice();
  for (let i = 0; i < d; i++) {
    if (i % ROWS === 0) await between();
    for (let j = 0; j <= i; j++) {
      let sum = factor[i * d + j];
      for (let k = 0; k < j; k++) sum -= factor[i * d + k] * factor[j * d + k];
      if (i !== j) {
        factor[i * d + j] = sum / factor[j * d + j];
        continue;
      }
      if (!(sum > 0)) throw new RangeError('The matrix is not positive definite.');
      factor[i * d + i] = Math.sqrt(sum);
    }
  }
  return factor;
}

/** Solves L L^T X = B in place, for B [d, columns], row-major. */
export function solve(factor: Float64Array, d: number, b: Float64Array, columns: number): void {
  for (let i = 0; i < d; i++) {
    for (let k = 0; k < i; k++) addRow(b, columns, i, -factor[i * d + k], k);
    for (let c = 0; c < columns; c++) b[i * columns + c] /= factor[i * d + i];
  }
  for (let i = d - 1; i >= 0; i--) {
    for (let k = i + 1; k < d; k++) addRow(b, columns, i, -factor[k * d + i], k);
    for (let c = 0; c < columns; c++) b[i * columns + c] /= factor[i * d + i];
  }
}

/** Adds `scale` times row `from` to row `to`. */
function addRow(b: Float64Array, columns: number, to: number, scale: number, from: number): void {
  for (let c = 0; c < columns; c++) b[to * columns + c] += scale * b[from * columns + c];
}
