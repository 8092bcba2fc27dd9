import { symmetricEigenvalues } from './symmetricEigenvalues';

/** The smaller Gram matrix of an n x d matrix X: X X^T [n, n] where n <= d, else X^T X [d, d]. */
export interface SmallerGram {
  /** size x size, row-major; only the lower triangle is filled. */
  readonly gram: Float64Array;
  /** min(n, d) */
  readonly size: number;
}

/** @param rows n x d, row-major, finite. */
export function smallerGram(rows: Float64Array, n: number, d: number): SmallerGram {
  return n <= d
    ? { gram: gramOfRows(rows, n, d), size: n }
    : { gram: gramOfRows(transpose(rows, n, d), d, n), size: d };
}

/**
 * Singular values of an n x d matrix, as the square roots of the eigenvalues of its smaller Gram matrix in float64.
 * Values below sqrt(max(n, d) x epsilon) of the largest (3e-7 for 512 rows: the noise of float32 features) cannot be told
 * from 0 this way and are returned as 0.
 * @param gram is overwritten
 * @returns min(n, d) values, descending.
 */
export function singularValuesOf({ gram, size }: SmallerGram, n: number, d: number): Float64Array {
  const eigenvalues = symmetricEigenvalues(gram, size).reverse();
  const noise = size > 0 ? Math.max(n, d) * Number.EPSILON * eigenvalues[0] : 0;
  return eigenvalues.map((value) => (value > noise ? Math.sqrt(value) : 0));
}

/** The same of a matrix: n x d, row-major, finite. */
export function singularValues(rows: Float64Array, n: number, d: number): Float64Array {
  return singularValuesOf(smallerGram(rows, n, d), n, d);
}

function transpose(rows: Float64Array, n: number, d: number): Float64Array {
  const out = new Float64Array(n * d);
  for (let i = 0; i < n; i++) for (let c = 0; c < d; c++) out[c * n + i] = rows[i * d + c];
  return out;
}

/** Lower triangle of A A^T, for A [n, d]. Four by two rows at a time, because loading the rows costs more than multiplying them. */
export function gramOfRows(a: Float64Array, n: number, d: number): Float64Array {
  const gram = new Float64Array(n * n);
  const dot = (i: number, j: number) => {
    let sum = 0;
    for (let c = 0; c < d; c++) sum += a[i * d + c] * a[j * d + c];
    return sum;
  };
  const whole = n - (n % 4);
  for (let i = 0; i < whole; i += 4) {
    for (let j = 0; j <= i + 2; j += 2) {
      let s00 = 0;
      let s01 = 0;
      let s10 = 0;
      let s11 = 0;
      let s20 = 0;
      let s21 = 0;
      let s30 = 0;
      let s31 = 0;
      for (let c = 0, p = i * d, q = j * d; c < d; c++, p++, q++) {
        const b0 = a[q];
        const b1 = a[q + d];
        const a0 = a[p];
        const a1 = a[p + d];
        const a2 = a[p + 2 * d];
        const a3 = a[p + 3 * d];
        s00 += a0 * b0;
        s01 += a0 * b1;
        s10 += a1 * b0;
        s11 += a1 * b1;
        s20 += a2 * b0;
        s21 += a2 * b1;
        s30 += a3 * b0;
        s31 += a3 * b1;
      }
      const g = i * n + j;
      gram[g] = s00;
      gram[g + 1] = s01;
      gram[g + n] = s10;
      gram[g + n + 1] = s11;
      gram[g + 2 * n] = s20;
      gram[g + 2 * n + 1] = s21;
      gram[g + 3 * n] = s30;
      gram[g + 3 * n + 1] = s31;
    }
  }
  for (let i = whole; i < n; i++) for (let j = 0; j <= i; j++) gram[i * n + j] = dot(i, j);
  return gram;
}
