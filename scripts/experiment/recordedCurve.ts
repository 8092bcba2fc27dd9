/** The curves of a run, as `npm run curves` writes them. */
export interface RecordedCurve {
  /** Preset, experiment and run. */
  readonly run: string;
  readonly seed: number;
  /** Its settings. */
  readonly link: string;
  /** Loss of each step from 1; null where it is NaN because the run diverged. */
  readonly loss: readonly (number | null)[];
  /** In units of 1/sqrt(d). */
  readonly relativeStd: readonly (number | null)[];
  /** Effective rank of z, step by step of its measurement; step 0 is before the first update. */
  readonly rank: readonly (readonly number[])[];
}
