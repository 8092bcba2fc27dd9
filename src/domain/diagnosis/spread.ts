/** A run whose output std is below this share of its early std has narrowed. Most healthy runs keep 0.85 and more of it. */
export const NARROWED_SHARE = 0.8;
/** Below this share of the early std, outputs have lost their spread, whether they narrow further or not. */
export const HALF = 0.5;
/** Outputs are nearly constant below this share of the early std. Runs that collapse end at 0.03 to 0.2. */
const CONSTANT_SHARE = 0.3;
/** The std must also be below this share of 1/sqrt(d), so that a rank-2 output with a std of 0.3 does not count as constant. */
const CONSTANT_SPREAD = 0.2;

/** What is left of the spread of the outputs, from most to least. */
export type Spread = 'kept' | 'narrowed' | 'below half' | 'constant';

/**
 * Judges an output std beside an earlier one, both in units of 1/sqrt(d). The status, the markers and the verdicts of experiments all use
 * these limits.
 * @param relativeStd sqrt(d) times the std: 1 for outputs spread evenly over the sphere, 0 for a constant
 * @param early the level it is compared with: that of the run's first steps, or 1, an even spread
 */
export function spreadOf(relativeStd: number, early: number): Spread {
  if (relativeStd < Math.min(CONSTANT_SHARE * early, CONSTANT_SPREAD)) return 'constant';
  if (relativeStd < HALF * early) return 'below half';
  return relativeStd < NARROWED_SHARE * early ? 'narrowed' : 'kept';
}

/** Whether a std is too large a share of the early one for a collapse; both in the same unit. */
export function exceedsConstant(std: number, early: number): boolean {
  return std >= CONSTANT_SHARE * early;
}
