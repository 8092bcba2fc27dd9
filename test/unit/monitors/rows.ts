import type { FeatureRows } from '../../../src/domain/features';

/** Rows from arrays of equal length. */
export function featureRows(rows: readonly (readonly number[])[]): FeatureRows {
  return { data: Float32Array.from(rows.flat()), n: rows.length, d: rows[0]?.length ?? 1 };
}

/** Pseudo-random numbers in [-1, 1), the same in every run. */
export function pseudoRandom(count: number, seed = 1): Float32Array {
  let state = seed;
  return Float32Array.from({ length: count }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 31 - 1;
  });
}

export function randomRows(n: number, d: number, seed = 1): FeatureRows {
  return { data: pseudoRandom(n * d, seed), n, d };
}

/** n times the same row, 1, 2, ..., d. */
export function constantRows(n: number, d: number): FeatureRows {
  return { data: Float32Array.from({ length: n * d }, (_, i) => 1 + (i % d)), n, d };
}
