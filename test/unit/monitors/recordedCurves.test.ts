import { describe, expect, it } from 'vitest';
import type { RecordedCurve } from '../../../scripts/experiment/recordedCurve';
import { METHODS } from '../../../src/domain/methods/registry';
import { RunDiagnosis } from '../../../src/engine/monitors/diagnosis';
import { configOf, measurementsOf, recordedCurves } from '../../setup/recordedCurves';

/** The diagnoses of a run other than learning, each with its first step. */
function flagged(curve: RecordedCurve): { readonly state: string; readonly step: number }[] {
  const config = configOf(curve);
  const diagnosis = new RunDiagnosis({
    outputDim: config.outputDim,
    rankBound: Math.min(config.probe.images, config.outputDim),
    lossRange: METHODS[config.method].lossRange(config),
  });
  const seen: { state: string; step: number }[] = [];
  for (const measurement of measurementsOf(curve)) {
    const { state } = diagnosis.add(measurement);
    if (state !== (seen.at(-1)?.state ?? 'starting')) seen.push({ state, step: measurement.step });
  }
  return seen.filter(({ state }) => state !== 'learning');
}

/**
 * The required diagnosis of each failing run, for each seed; all other runs are healthy and must have none. `by` is the latest step for
 * the first diagnosis; `seeds` are the seeds that need it, if not all.
 */
const FAILING: Readonly<
  Record<string, { readonly state: string; readonly by: number; readonly seeds?: readonly number[] }>
> = {
  'tiny figure2/without': { state: 'collapsed', by: 60 },
  'tiny figure2, output BN/without': { state: 'dimensional-collapse', by: 200 },
  'tiny figure2, affine output BN/without': { state: 'dimensional-collapse', by: 200 },
  'tiny predictor/none': { state: 'collapsed', by: 60 },
  'tiny moving-average on emoji/none': { state: 'collapsed', by: 100 },
  'tiny moving-average on emoji/average': { state: 'collapsed', by: 100 },
  // Its loss stands above that of chance, or still swings.
  'tiny swav-parts/without': { state: 'no-convergence', by: 300, seeds: [2] },
  'tiny predictor/fixed': { state: 'no-convergence', by: 300 },
};

const curves = recordedCurves();

describe('recorded runs', () => {
  it.each([...new Set(curves.map(({ run }) => run))])('%s', (name) => {
    const seeds = curves.filter(({ run }) => run === name);
    expect(seeds.map(({ seed }) => seed)).toEqual([1, 2, 3]);
    const failing = FAILING[name];
    for (const curve of seeds) {
      const failure = failing?.seeds?.includes(curve.seed) === false ? undefined : failing;
      const seen = flagged(curve);
      expect(
        seen.map(({ state }) => state),
        `seed ${curve.seed}`,
      ).toEqual(failure === undefined ? [] : [failure.state]);
      if (failure !== undefined) expect(seen[0]?.step, `seed ${curve.seed}`).toBeLessThanOrEqual(failure.by);
    }
  });
});
