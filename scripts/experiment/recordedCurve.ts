/** What a run measured, as `npm run curves` writes it. */
export interface RecordedCurve {
  /** Preset, experiment and run. */
  readonly run: string;
  readonly seed: number;
  /** Its settings. */
  readonly link: string;
  /** Of each step from 1; NaN, where the run diverged, is null. */
  readonly loss: readonly (number | null)[];
  /** In units of 1/sqrt(d). */
  readonly relativeStd: readonly (number | null)[];
  /** Effective rank of z, step by step of its measurement; step 0 is before the first update. */
  readonly rank: readonly (readonly number[])[];
}
