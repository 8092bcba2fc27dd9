import { COSINE_BINS } from '../../domain/outputFrame';

/**
 * Pairs of different rows by their cosine, in `COSINE_BINS` bins from -1 to 1, as shares of all pairs.
 * @param cosines n x n, row-major; only the part below the diagonal is read
 */
export function cosineHistogram(cosines: Float64Array, n: number): Float32Array<ArrayBuffer> {
  const counts = new Float64Array(COSINE_BINS);
  for (let i = 1; i < n; i++) {
    for (let at = i * n; at < i * n + i; at++) {
      const bin = ((cosines[at] + 1) / 2) * COSINE_BINS;
      counts[bin < 0 ? 0 : bin >= COSINE_BINS ? COSINE_BINS - 1 : bin | 0] += 1;
    }
  }
  const pairs = Math.max(1, (n * (n - 1)) / 2);
  return Float32Array.from(counts, (count) => count / pairs);
}

/** Mean cosine of two different rows of length 1 or 0 [n, d]: from the squared length of their sum. 0 for fewer than two rows. */
export function meanCosine(rows: Float64Array, n: number, d: number): number {
  if (n < 2) return 0;
  let pairs = 0;
  for (let c = 0; c < d; c++) {
    let sum = 0;
    let squares = 0;
    for (let at = c; at < n * d; at += d) {
      sum += rows[at];
      squares += rows[at] * rows[at];
    }
    pairs += sum * sum - squares;
  }
  return Math.min(1, Math.max(-1, pairs / (n * (n - 1))));
}
