import type { FeatureRows } from '../../domain/features';
import { allFinite, checkRows, normaliseRows } from './featureRows';
import { singularValues } from './singularValues';

export interface EffectiveRankOptions {
  /** Divide every row by its l2 norm first. Default true: z enters the loss only by its direction (Eq. 1). */
  readonly normalise?: boolean;
  /** Subtract the mean row. Default false: a constant output then has rank 1, not the rank of its noise. */
  readonly centre?: boolean;
}

export interface EffectiveRank {
  /** In [1, bound]; 0 for rows that are all zero; NaN when a feature is not finite. */
  readonly effectiveRank: number;
  /** min(n, d), the largest value there can be. */
  readonly bound: number;
}

/**
 * exp of the entropy of the normalised singular values, p = s / sum(s) (Roy & Vetterli 2007; RankMe, Garrido et al. 2023, without its
 * 1e-7): how many dimensions the features really use. It falls in a dimensional collapse, which the output std does not show.
 */
export function effectiveRank(features: FeatureRows, options: EffectiveRankOptions = {}): EffectiveRank {
  checkRows(features, 'features');
  const { data, n, d } = features;
  const bound = Math.min(n, d);
  if (!allFinite(data)) return { effectiveRank: Number.NaN, bound };
  const rows = (options.normalise ?? true) ? normaliseRows(features) : Float64Array.from(data);
  if (options.centre ?? false) centreColumns(rows, n, d);
  return { effectiveRank: rankOfSingularValues(singularValues(rows, n, d)), bound };
}

/** exp of the entropy of singular values divided by their sum; 0 when all are zero. */
export function rankOfSingularValues(values: Float64Array): number {
  return Math.exp(entropy(values));
}

function centreColumns(rows: Float64Array, n: number, d: number): void {
  for (let c = 0; c < d; c++) {
    let sum = 0;
    for (let i = 0; i < n; i++) sum += rows[i * d + c];
    for (let i = 0; i < n; i++) rows[i * d + c] -= sum / n;
  }
}

/** Entropy in nats of the values divided by their sum; -Infinity when all are zero, so that its exponential is 0. */
function entropy(values: Float64Array): number {
  const total = values.reduce((sum, value) => sum + value, 0);
  if (total === 0) return Number.NEGATIVE_INFINITY;
  let nats = 0;
  for (const value of values) if (value > 0) nats -= (value / total) * Math.log(value / total);
  return nats;
}
