import type { RunSummary } from './experiment';

/** What was measured last in a run; absent, null or not finite where it was not. */
export interface LastNumbers {
  readonly loss?: number | null;
  readonly outputStd?: number | null;
  readonly effectiveRank?: number | null;
  /** kNN accuracy in [0, 1]. */
  readonly knn?: number | null;
  /** The same of the untrained network. */
  readonly untrainedKnn?: number | null;
}

function measured(value: number | null | undefined): number | null {
  return value === undefined || value === null || !Number.isFinite(value) ? null : value;
}

/** A run's last numbers as experiments are judged by them. `outputDim`: d, which the output std is relative to. */
export function runSummary(steps: number, outputDim: number, last: LastNumbers): RunSummary {
  const std = measured(last.outputStd);
  return {
    steps,
    loss: measured(last.loss),
    relativeStd: std === null ? null : std * Math.sqrt(outputDim),
    effectiveRank: measured(last.effectiveRank),
    knn: measured(last.knn),
    untrainedKnn: measured(last.untrainedKnn),
  };
}
