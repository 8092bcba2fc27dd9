import type { RunSummary, Verdict } from './experiment';

/** Numbers and comparisons for the texts of the verdicts. */

export const percent = (share: number | null): string => (share === null ? '–' : `${(100 * share).toFixed(1)} %`);
export const fixed = (value: number | null, digits = 2): string =>
  value === null ? '–' : value.toFixed(digits).replace('-', '−');

export const CANNOT_TELL: Verdict = {
  outcome: 'cannot tell',
  text: 'Some of the runs needed for a verdict were not made.',
};

/** kNN accuracies that differ by no more than this are alike: the same settings differ as much between seeds. */
export const KNN_SPREAD = 0.03;

/** Whether the output std is near 0: the outputs have collapsed. */
export function hasCollapsed({ relativeStd }: RunSummary): boolean {
  return relativeStd !== null && relativeStd < 0.2;
}

/** Whether the output std is well above that of a collapse. */
export function isSpread({ relativeStd }: RunSummary): boolean {
  return relativeStd !== null && relativeStd > 0.5;
}

/** Compares kNN accuracies; a difference within the spread counts as `alike`. */
export function compareKnn(a: RunSummary, b: RunSummary): 'higher' | 'lower' | 'alike' | null {
  if (a.knn === null || b.knn === null) return null;
  if (Math.abs(a.knn - b.knn) <= KNN_SPREAD) return 'alike';
  return a.knn > b.knn ? 'higher' : 'lower';
}
