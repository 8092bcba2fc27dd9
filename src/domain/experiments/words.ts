import type { Figure, RunSummary, Verdict } from './experiment';

/** Numbers for the texts of the verdicts. */

/** “63.7 ± 0.9 %”, or “63.7 %” where the error is not known. */
export function percent(figure: Figure | null | undefined): string {
  if (figure === null || figure === undefined) return '–';
  const { value, standardError } = figure;
  const error = standardError > 0 ? ` ± ${(100 * standardError).toFixed(1)}` : '';
  return `${(100 * value).toFixed(1)}${error} %`;
}

export function fixed(figure: Figure | null, digits = 2): string {
  return figure === null ? '–' : figure.value.toFixed(digits).replace('-', '−');
}

/** “std·√d 0.78” */
export const stdWords = ({ relativeStd }: RunSummary) => `std·√d ${fixed(relativeStd)}`;

/** “kNN 63.7 ± 0.9 %” */
export const knnWords = ({ knn }: RunSummary) => `kNN ${percent(knn)}`;

export const CANNOT_TELL: Verdict = {
  outcome: 'cannot tell',
  text: 'Some of the runs needed for a verdict were not made.',
};
