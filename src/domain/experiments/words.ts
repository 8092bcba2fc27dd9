import type { RunSummary, Verdict } from './experiment';

/** Pieces of the sentences that verdicts are made of. */

export const percent = (share: number | null): string => (share === null ? '–' : `${(100 * share).toFixed(1)} %`);
export const fixed = (value: number | null, digits = 2): string =>
  value === null ? '–' : value.toFixed(digits).replace('-', '−');

export const CANNOT_TELL: Verdict = { outcome: 'cannot tell', text: 'Not all runs that this asks for were made.' };

/** A kNN difference below this is within the spread of one recipe over seeds, so that it says nothing. */
export const KNN_SPREAD = 0.03;

/** The std is gone: the outputs are one constant. */
export function hasCollapsed({ relativeStd }: RunSummary): boolean {
  return relativeStd !== null && relativeStd < 0.2;
}

/** The std stands. */
export function isSpread({ relativeStd }: RunSummary): boolean {
  return relativeStd !== null && relativeStd > 0.5;
}

/** How kNN compares: a difference inside the spread is none. */
export function compareKnn(a: RunSummary, b: RunSummary): 'higher' | 'lower' | 'alike' | null {
  if (a.knn === null || b.knn === null) return null;
  if (Math.abs(a.knn - b.knn) <= KNN_SPREAD) return 'alike';
  return a.knn > b.knn ? 'higher' : 'lower';
}
