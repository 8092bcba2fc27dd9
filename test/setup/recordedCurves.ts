import { readdirSync, readFileSync } from 'node:fs';
import type { RecordedCurve } from '../../scripts/curves/recordedCurve';
import type { Diagnosis, Measurement } from '../../src/domain/measurement';
import { METHODS } from '../../src/domain/methods/registry';
import type { LiveChange, RunConfig } from '../../src/domain/runConfig';
import { decodeShareLink } from '../../src/domain/shareLink';
import { RunDiagnosis } from '../../src/engine/monitors/diagnosis';

const FOLDER = new URL('../fixtures/curves/', import.meta.url);

/** The recorded curves of every file. */
export function recordedCurves(): RecordedCurve[] {
  return readdirSync(FOLDER)
    .filter((name) => name.endsWith('.json'))
    .flatMap((name) => JSON.parse(readFileSync(new URL(name, FOLDER), 'utf8')) as RecordedCurve[]);
}

const known = new Map<string, { readonly config: RunConfig; readonly changes: readonly LiveChange[] }>();

/** The settings of a recorded run, and what was changed in flight. */
export function runOf({ link }: RecordedCurve): {
  readonly config: RunConfig;
  readonly changes: readonly LiveChange[];
} {
  const run = known.get(link) ?? decodeShareLink(link).run;
  known.set(link, run);
  return run;
}

export const configOf = (curve: RecordedCurve): RunConfig => runOf(curve).config;

/** A diagnosis for the run of a curve, before its first measurement. */
export function diagnosisOf(curve: RecordedCurve): RunDiagnosis {
  const config = configOf(curve);
  return new RunDiagnosis({
    outputDim: config.outputDim,
    rankBound: Math.min(config.probe.images, config.outputDim),
    lossRange: METHODS[config.method].lossRange(config),
  });
}

const thousandths = (value: number | null | undefined) => (value ?? Number.NaN) / 1000;

/** The measurements in the order in which the trainer reported them. */
export function* measurementsOf(curve: RecordedCurve): Generator<Measurement> {
  const { outputDim } = configOf(curve);
  const ranks = new Map(curve.rank.map(([step, rank]) => [step, rank / 10]));
  for (let step = 0; step <= curve.loss.length; step++) {
    if (step > 0) {
      const outputStd = thousandths(curve.std[step - 1]) / Math.sqrt(outputDim);
      yield { step, loss: thousandths(curve.loss[step - 1]), outputStd };
    }
    const effectiveRank = ranks.get(step);
    if (effectiveRank !== undefined) yield { step, effectiveRank };
  }
}

/** The diagnosis after each step of a curve, with its changes in flight made at their steps. */
export function replayed(curve: RecordedCurve): { readonly step: number; readonly diagnosis: Diagnosis }[] {
  const diagnosis = diagnosisOf(curve);
  const waiting = [...runOf(curve).changes];
  const seen: { step: number; diagnosis: Diagnosis }[] = [];
  for (const measurement of measurementsOf(curve)) {
    for (let next = waiting[0]; next !== undefined && next[0] < measurement.step; next = waiting[0]) {
      diagnosis.changed(...next);
      waiting.shift();
    }
    seen.push({ step: measurement.step, diagnosis: diagnosis.add(measurement) });
  }
  return seen;
}
