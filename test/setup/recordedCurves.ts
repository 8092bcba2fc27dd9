import { readFileSync } from 'node:fs';
import type { Measurement } from '../../src/spec/measurement';
import type { RunConfig } from '../../src/spec/runConfig';
import { decodeShareLink } from '../../src/spec/shareLink';

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

export function recordedCurves(): RecordedCurve[] {
  return JSON.parse(readFileSync(new URL('../fixtures/curves.json', import.meta.url), 'utf8'));
}

export function configOf({ link }: RecordedCurve): RunConfig {
  return decodeShareLink(link).run.config;
}

/** The measurements in the order in which the trainer reported them. */
export function* measurementsOf(curve: RecordedCurve): Generator<Measurement> {
  const { outputDim } = configOf(curve);
  const ranks = new Map(curve.rank.map(([step, rank]) => [step, rank]));
  for (let step = 0; step <= curve.loss.length; step++) {
    if (step > 0) {
      const outputStd = (curve.relativeStd[step - 1] ?? Number.NaN) / Math.sqrt(outputDim);
      yield { step, loss: curve.loss[step - 1] ?? Number.NaN, outputStd };
    }
    const effectiveRank = ranks.get(step);
    if (effectiveRank !== undefined) yield { step, effectiveRank };
  }
}
