import type { LossAndGradientNorm } from './contender';

/** Larger differences than these are not rounding: the networks differ. */
const LOSS_TOLERANCE = 1e-3;
const NORM_TOLERANCE = 1e-2;

/** Whether two implementations computed the same step, up to rounding. */
export function agree(ours: LossAndGradientNorm, other: LossAndGradientNorm): boolean {
  const lossError = Math.abs(other.loss - ours.loss) / Math.max(1e-3, Math.abs(ours.loss));
  const normError = Math.abs(other.gradientNorm - ours.gradientNorm) / ours.gradientNorm;
  return lossError <= LOSS_TOLERANCE && normError <= NORM_TOLERANCE;
}
