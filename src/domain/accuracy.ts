/** A figure that was measured on a sample, with the standard error of its mean. */
export interface Estimate {
  readonly value: number;
  /** In the unit of the value; 0 for a figure that is exact. */
  readonly standardError: number;
}

/** The combined standard errors beyond which two figures count as different: about 95 % of chance differences stay within. */
const STANDARD_ERRORS = 2;

/**
 * Binomial standard error of a share `p` of `n` independent trials: sqrt(p (1 - p) / n). In [0, 0.5]; NaN without trials.
 * @param p in [0, 1]
 */
export function standardError(p: number, n: number): number {
  return n > 0 ? Math.sqrt(Math.max(0, p * (1 - p)) / n) : Number.NaN;
}

/** The share `p` of `n` trials with its binomial standard error. */
export function shareOf(p: number, n: number): Estimate {
  return { value: p, standardError: standardError(p, n) };
}

/** Standard error of a - b for independent figures. */
export function combinedError(a: Estimate, b: Estimate): number {
  return Math.hypot(a.standardError, b.standardError);
}

/** Whether two figures differ by more than two combined standard errors; false where one of them is no number. */
export function differs(a: Estimate, b: Estimate): boolean {
  return Math.abs(a.value - b.value) > STANDARD_ERRORS * combinedError(a, b);
}

/** Whether `a` is above `b` by more than two combined standard errors. */
export function exceeds(a: Estimate, b: Estimate): boolean {
  return a.value > b.value && differs(a, b);
}

/**
 * Mean of the same figure over several runs. Its standard error is the larger of two: that from the spread between the runs, and the mean
 * error of the single runs. Runs on the same queries share the error of these queries, so more runs do not reduce it.
 * @throws RangeError without figures
 */
export function meanOf(figures: readonly Estimate[]): Estimate {
  const n = figures.length;
  if (n === 0) throw new RangeError('A mean needs at least one figure.');
  const value = figures.reduce((sum, figure) => sum + figure.value, 0) / n;
  const variance = figures.reduce((sum, figure) => sum + (figure.value - value) ** 2, 0) / Math.max(1, n - 1);
  const within = figures.reduce((sum, figure) => sum + figure.standardError, 0) / n;
  return { value, standardError: Math.max(Math.sqrt(variance / n), within) };
}
