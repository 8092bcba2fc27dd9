import { meanOf, shareOf } from '../accuracy';
import type { DiagnosisState } from '../diagnosis/states';
import type { ProbeEvaluation } from '../probeEvaluation';
import type { Figure, RunSummary } from './experiment';

/** The last measurements of a run; absent, null or not finite where not measured. */
export interface LastNumbers {
  readonly loss?: number | null;
  readonly outputStd?: number | null;
  readonly effectiveRank?: number | null;
  /** kNN accuracy in [0, 1]. */
  readonly knn?: number | null;
  /** Accuracy of the linear probe with its standard error. */
  readonly probe?: Pick<ProbeEvaluation, 'accuracy' | 'standardError'> | null;
  /** What kNN accuracy is compared with: that of the untrained network and chance, in [0, 1], and the number of images classified. */
  readonly baseline?: { readonly untrained: number; readonly chance: number; readonly queries: number } | null;
  /** The diagnosis at the end; null where it is not known. */
  readonly state?: DiagnosisState | null;
}

/** A figure of one seed. */
function figure(value: number | null | undefined, standardError = 0): Figure | null {
  return value === undefined || value === null || !Number.isFinite(value)
    ? null
    : { value, standardError, values: [value] };
}

/** The summary of one run from its last measurements. `outputDim`: d, for the output std in units of 1/sqrt(d). */
export function runSummary(steps: number, outputDim: number, last: LastNumbers): RunSummary {
  const { outputStd, baseline = null, probe = null, state = null } = last;
  const share = (value: number | null | undefined) => {
    const queries = baseline?.queries ?? 0;
    return figure(value, queries > 0 ? shareOf(value ?? 0, queries).standardError : 0);
  };
  return {
    steps,
    seeds: 1,
    loss: figure(last.loss),
    relativeStd: figure(typeof outputStd === 'number' ? outputStd * Math.sqrt(outputDim) : null),
    effectiveRank: figure(last.effectiveRank),
    knn: share(last.knn),
    probe: probe === null ? null : figure(probe.accuracy, probe.standardError),
    untrainedKnn: share(baseline?.untrained),
    chance: baseline?.chance ?? null,
    states: state === null ? [] : [state],
  };
}

/** The mean of a figure over seeds; null where one of them lacks it. */
function over(figures: readonly (Figure | null | undefined)[]): Figure | null {
  const known = figures.flatMap((one) => one ?? []);
  if (known.length === 0 || known.length < figures.length) return null;
  return { ...meanOf(known), values: known.flatMap(({ values }) => values) };
}

/**
 * The summary of the same run with several seeds.
 * @throws RangeError without a summary
 */
export function overSeeds(summaries: readonly RunSummary[]): RunSummary {
  const [first] = summaries;
  if (first === undefined) throw new RangeError('A summary over seeds needs at least one run.');
  return {
    steps: first.steps,
    seeds: summaries.length,
    loss: over(summaries.map(({ loss }) => loss)),
    relativeStd: over(summaries.map(({ relativeStd }) => relativeStd)),
    effectiveRank: over(summaries.map(({ effectiveRank }) => effectiveRank)),
    knn: over(summaries.map(({ knn }) => knn)),
    probe: over(summaries.map(({ probe }) => probe)),
    untrainedKnn: over(summaries.map(({ untrainedKnn }) => untrainedKnn)),
    chance: first.chance,
    states: summaries.flatMap(({ states }) => states),
  };
}
