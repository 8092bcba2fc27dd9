import type { Diagnosis } from '../measurement';

export type DiagnosisState = Diagnosis['state'];

/** Every state with its name on the charts and in tables, and whether it is a failure of the run. */
export const DIAGNOSIS_STATES: Readonly<
  Record<DiagnosisState, { readonly name: string; readonly isFailure: boolean }>
> = {
  starting: { name: 'starting', isFailure: false },
  learning: { name: 'learning', isFailure: false },
  narrowing: { name: 'narrowing', isFailure: true },
  collapsed: { name: 'collapsed', isFailure: true },
  dimensional: { name: 'dimensional collapse', isFailure: true },
  recovering: { name: 'recovering', isFailure: true },
  stuck: { name: 'stuck', isFailure: true },
  'no-convergence': { name: 'no convergence', isFailure: true },
  oscillation: { name: 'oscillation', isFailure: true },
  diverged: { name: 'diverged', isFailure: true },
};

/** Tenths of the early std that are left, as texts give them: 0.47 is 5. */
export function tenthsLeft(share: number): number {
  return Math.round(10 * share);
}

/** Whether two diagnoses read the same, so that the second need not be reported. Texts give shares of the std in tenths. */
export function saysTheSame(a: Diagnosis, b: Diagnosis): boolean {
  if (a.state !== b.state) return false;
  return !('share' in a && 'share' in b) || tenthsLeft(a.share) === tenthsLeft(b.share);
}
