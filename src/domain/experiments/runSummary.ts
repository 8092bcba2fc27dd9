import type { RunSummary } from './experiment';

/** The last measurements of a run; absent, null or not finite where not measured. */
export interface LastNumbers {
  readonly loss?: number | null;
  readonly outputStd?: number | null;
  readonly effectiveRank?: number | null;
  /** kNN accuracy in [0, 1]. */
  readonly knn?: number | null;
  /** kNN accuracy of the untrained network, in [0, 1]. */
  readonly untrainedKnn?: number | null;
  /** Accuracy of the linear evaluation, in [0, 1]. */
  readonly probe?: number | null;
}

function measured(value: number | null | undefined): number | null {
  return value === undefined || value === null || !Number.isFinite(value) ? null : value;
}

/** The summary of a run from its last measurements. `outputDim`: d, for the output std in units of 1/sqrt(d). */
export function runSummary(steps: number, outputDim: number, last: LastNumbers): RunSummary {
  const std = measured(last.outputStd);
  return {
    steps,
    loss: measured(last.loss),
    relativeStd: std === null ? null : std * Math.sqrt(outputDim),
    effectiveRank: measured(last.effectiveRank),
    knn: measured(last.knn),
    untrainedKnn: measured(last.untrainedKnn),
    probe: measured(last.probe),
  };
}
