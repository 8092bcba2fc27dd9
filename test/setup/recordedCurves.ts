import { readFileSync } from 'node:fs';
import type { RecordedCurve } from '../../scripts/experiment/recordedCurve';
import type { Measurement } from '../../src/domain/measurement';
import type { RunConfig } from '../../src/domain/runConfig';
import { decodeShareLink } from '../../src/domain/shareLink';

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
