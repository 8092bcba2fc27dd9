/** Whether every case of every matrix runs, as in `npm run test:long`. */
export const LONG = process.env.SIMSIAM_TEST === 'long';

/**
 * The cases of a matrix to collect: all of them in the long run, else those that stand for the rest.
 * @param stands which cases do, wherever they are in the list; the first one, unless said otherwise
 * @throws Error when none does: a short run that checks nothing must not pass
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

/** Collects tests in the long run alone: those whose check a quicker test makes in the short run too. */
export function inLongRun(collect: () => void): void {
  if (LONG) collect();
}
