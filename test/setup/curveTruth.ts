import type { RecordedCurve } from '../../scripts/curves/recordedCurve';
import { differs, shareOf } from '../../src/domain/accuracy';
import type { DiagnosisState } from '../../src/domain/diagnosis/states';
import { METHODS } from '../../src/domain/methods/registry';
import { runOf } from './recordedCurves';

/**
 * What a recorded run really did, in hindsight: by what was switched and when, by its std, rank and loss up to its end, and by its kNN
 * accuracy beside that of the untrained network. The rules know the whole curve and none of the diagnosis' code, which sees each step once.
 */
export interface CurveTruth {
  /** States that the run clearly went through, each with the latest step at which it must have been reported. */
  readonly must: ReadonlyMap<DiagnosisState, number>;
  /** States that may be reported: those above, and those that the run came near. All other failures are false alarms. */
  readonly may: ReadonlySet<DiagnosisState>;
}

/** Steps within which a state must be reported, from the step at which it clearly holds. */
const ALLOWANCE = { narrowing: 20, collapsed: 20, dimensional: 100, recovering: 40 } as const;

/** Mean of `values` before index `end`, over `count` of them. */
function meanBefore(values: readonly number[], end: number, count: number): number {
  const part = values.slice(Math.max(0, end - count), end);
  return part.reduce((sum, value) => sum + value, 0) / part.length;
}

/** The first step from which `holds` is true for `count` steps in a row; null where there is none. Steps count from 1. */
function lasting(steps: number, from: number, count: number, holds: (step: number) => boolean): number | null {
  let row = 0;
  for (let step = from; step <= steps; step++) {
    row = holds(step) ? row + 1 : 0;
    if (row === count) return step - count + 1;
  }
  return null;
}

/** Highs and lows in turn of the means of ten losses, each at least `size` from the one before; the largest number in any 150 steps. */
function mostSwings(loss: readonly number[], size: number): number {
  const blocks = Array.from({ length: Math.floor(loss.length / 10) }, (_, i) => meanBefore(loss, 10 * i + 10, 10));
  let most = 0;
  for (let start = 0; start + 15 <= blocks.length; start++) {
    let [low, high, direction, swings] = [blocks[start], blocks[start], 0, 0];
    for (const mean of blocks.slice(start, start + 15)) {
      low = Math.min(low, mean);
      high = Math.max(high, mean);
      const turned = direction >= 0 && high - mean >= size ? -1 : direction <= 0 && mean - low >= size ? 1 : 0;
      if (turned === 0) continue;
      swings += 1;
      direction = turned;
      low = mean;
      high = mean;
    }
    most = Math.max(most, swings);
  }
  return most;
}

export function truthOf(curve: RecordedCurve): CurveTruth {
  const { config, changes } = runOf(curve);
  const range = METHODS[config.method].lossRange(config);
  const loss = curve.loss.map((value) => (value ?? Number.NaN) / 1000);
  const std = curve.std.map((value) => (value ?? Number.NaN) / 1000);
  const steps = loss.length;
  const must = new Map<DiagnosisState, number>();
  const may = new Set<DiagnosisState>();

  const exploded = loss.findIndex((value) => !(Math.abs(value) <= 100 * Math.max(1, Math.abs(loss[0]))));
  if (exploded >= 0) must.set('diverged', exploded + 1);

  // The spread of the outputs.
  const early = Math.max(...std.slice(0, 10));
  const level = (step: number) => meanBefore(std, step, 5) / early;
  const falls = (step: number, by: number) => level(step) < (1 - by) * level(Math.max(1, step - 25));
  const narrows = lasting(steps, 10, 20, (step) => level(step) < 0.75 && (falls(step, 0.05) || level(step) < 0.45));
  if (narrows !== null) must.set('narrowing', narrows + ALLOWANCE.narrowing);
  if (lasting(steps, 10, 1, (step) => level(step) < 0.82 && (falls(step, 0) || level(step) < 0.55)) !== null) {
    may.add('narrowing');
  }
  const agrees = (step: number, gap: number) =>
    range === null || meanBefore(loss, step, 5) <= range[0] + gap * (range[1] - range[0]);
  const constantBelow = (share: number, spread: number, gap: number, count: number) =>
    lasting(steps, 1, count, (step) => std[step - 1] < Math.min(share * early, spread) && agrees(step, gap));
  const constant = constantBelow(0.26, 0.17, 0.017, 15);
  if (constant !== null) {
    must.set('collapsed', Math.max(10, constant) + ALLOWANCE.collapsed);
    // A collapse that is faster than this leaves no time to narrow before it.
    if (narrows !== null && constant < Math.max(10, narrows) + ALLOWANCE.narrowing) must.delete('narrowing');
  }
  const nearConstant = constantBelow(0.31, 0.22, 0.03, 1);
  if (nearConstant !== null) may.add('collapsed');

  // After stop-gradient or the predictor came back.
  const back = changes.findLast(
    ([, key, value]) => (key === 'stopGradient' && value === true) || (key === 'predictor' && value !== 'none'),
  );
  const fellBefore = back !== undefined && lasting(back[0], 10, 5, (step) => level(step) < 0.5) !== null;
  if (nearConstant !== null || fellBefore) {
    const from = fellBefore ? back[0] : (nearConstant ?? 0);
    const lowest = (step: number) => Math.min(...Array.from({ length: 90 }, (_, i) => level(Math.max(1, step - i))));
    const rises = (by: number, count: number) =>
      lasting(steps, from + 20, count, (step) => level(step) > by * lowest(step) && level(step) < 0.75);
    const risen = rises(1.5, 10);
    if (risen !== null && (fellBefore || constant !== null)) must.set('recovering', risen + ALLOWANCE.recovering);
    if (rises(1.15, 1) !== null) may.add('recovering');
    const rose = rises(1.2, 1) !== null;
    const stays = fellBefore && steps >= from + 130 && level(steps) < 0.45;
    if (stays && !rose && level(from) < 0.45) must.set('stuck', from + 130);
    if (fellBefore && steps >= from + 100) may.add('stuck');
  }

  // The rank of z. A low rank in a run that learns is not a collapse.
  const ranks = curve.rank.map(([step, rank]) => ({ step, rank }));
  const share = ranks.map(({ rank }, i) => rank / Math.max(...ranks.slice(0, i + 1).map((earlier) => earlier.rank)));
  const lowRank = (limit: number) => share.findIndex((value, i) => value < limit && (share[i + 1] ?? 1) < limit);
  const knn = curve.knn;
  const learnt =
    knn !== null &&
    knn.last > knn.untrained &&
    differs(shareOf(knn.last / 10_000, knn.queries), shareOf(knn.untrained / 10_000, knn.queries));
  const provoked =
    config.predictor === 'none' || !config.stopGradient || changes.some(([, key]) => key === 'stopGradient');
  const fell = ranks[lowRank(range === null ? 0.06 : 0.22)]?.step;
  if (fell !== undefined && provoked && !learnt && constant === null && level(Math.min(steps, fell + 50)) > 0.55) {
    must.set('dimensional', fell + ALLOWANCE.dimensional);
  }
  const nearLow = ranks[lowRank(range === null ? 0.1 : 0.28)]?.step;
  if (nearLow !== undefined && (provoked || !learnt || level(steps) < 0.5)) may.add('dimensional');
  // Of two failures at once, the graver is reported.
  if (nearLow !== undefined && narrows !== null && nearLow <= narrows + 50) must.delete('narrowing');

  // The loss, for runs whose outputs stay spread: the share of the distance to its minimum by which it has fallen.
  const fall =
    range === null
      ? Number.NaN
      : (meanBefore(loss, 10, 10) - meanBefore(loss, steps, 100)) / (meanBefore(loss, 10, 10) - range[0]);
  if (range !== null && exploded < 0 && constant === null && level(steps) > 0.82 && steps >= 300) {
    const stillFalls = meanBefore(loss, steps - 100, 100) - meanBefore(loss, steps, 100) > 0.02 * (range[1] - range[0]);
    const settled = changes.every(([step]) => step <= steps - 300);
    if (settled && fall < 0.3 && !stillFalls && !learnt) must.set('no-convergence', steps);
  }
  if (range !== null && exploded < 0 && constant === null && level(steps) > 0.7 && steps >= 300) {
    if (fall < 0.4) may.add('no-convergence');
  }
  if (range !== null) {
    const size = range[1] - range[0];
    if (mostSwings(loss, 0.14 * size) >= 5 && constant === null) {
      must.set('oscillation', steps);
      // A loss that swings is reported before a rank or a std that has fallen.
      must.delete('dimensional');
      must.delete('narrowing');
    }
    if (mostSwings(loss, 0.1 * size) >= 4) may.add('oscillation');
  }
  for (const state of must.keys()) may.add(state);
  return { must, may };
}
