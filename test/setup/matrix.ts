/** Whether every case of every matrix runs, as in `npm run test:long`. */
export const LONG = process.env.SIMSIAM_TEST === 'long';

/**
 * The cases of a matrix to collect: all of them in the long run, otherwise the representatives.
 * @param stands whether a case is a representative; by default the first case is
 * @throws Error when there is no representative, since a short run that checks nothing must not pass
 */
export function sampleOf<T>(
  cases: readonly T[],
  stands: (one: T, index: number) => boolean = (_, index) => index === 0,
  long = LONG,
): T[] {
  if (long) return [...cases];
  const sample = cases.filter(stands);
  if (sample.length === 0) throw new Error('No case stands for the matrix in the short run.');
  return sample;
}

/** Collects tests in the long run only: tests for which the short run has a quicker one with the same check. */
export function inLongRun(collect: () => void): void {
  if (LONG) collect();
}
