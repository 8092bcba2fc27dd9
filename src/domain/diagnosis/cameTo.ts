import { differs, type Estimate, shareOf } from '../accuracy';
import type { Baselines, SeriesName } from '../measurement';

/** The final accuracy of a run, beside those of the untrained network and of raw pixels by the same measure. Shares in [0, 1]. */
export interface CameTo {
  readonly measure: 'kNN accuracy' | 'View retrieval';
  readonly reached: Estimate;
  readonly untrained: Estimate;
  readonly rawPixels: Estimate;
}

/** The final accuracy of a run by its last measurements: kNN accuracy, or view retrieval where there are no labels; null where neither was measured. */
export function cameTo(
  latest: Readonly<Partial<Record<SeriesName, number>>>,
  baselines: Pick<Baselines, 'knn' | 'viewRetrieval'> | null,
): CameTo | null {
  const { knn = null, viewRetrieval = null } = baselines ?? {};
  const beside = (measure: CameTo['measure'], value: number, by: Baselined, trials: number): CameTo => ({
    measure,
    reached: shareOf(value, trials),
    untrained: shareOf(by.untrained, trials),
    rawPixels: shareOf(by.rawPixels, trials),
  });
  if (latest.knn !== undefined && knn !== null) return beside('kNN accuracy', latest.knn, knn, knn.queries);
  if (latest.viewRetrieval === undefined || viewRetrieval === null) return null;
  return beside('View retrieval', latest.viewRetrieval, viewRetrieval, viewRetrieval.images);
}

type Baselined = Pick<NonNullable<Baselines['knn']>, 'untrained' | 'rawPixels'>;

/** How a figure stands beside another; within two standard errors they cannot be told apart. */
export function standing(a: Estimate, b: Estimate): 'above' | 'below' | 'level' {
  if (!differs(a, b)) return 'level';
  return a.value > b.value ? 'above' : 'below';
}

const BESIDE_UNTRAINED = {
  above: 'Better than before training',
  below: 'Worse than before training',
  level: 'No better than before training',
} as const;
const BESIDE_RAW_PIXELS = { above: 'above', below: 'below', level: 'level with' } as const;
const NAMES = { 'kNN accuracy': 'kNN', 'View retrieval': 'view retrieval' } as const;

/** 0.637 as “63.7 %” */
export function percentWords(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}

/** “Better than before training: kNN 63.7 % ± 1.1, untrained 57.2 %; below raw pixels (75.4 %).” */
export function cameToWords(came: CameTo | null): string {
  if (came === null) return 'Its accuracy was not measured.';
  const { measure, reached, untrained, rawPixels } = came;
  const error = (100 * reached.standardError).toFixed(1);
  return `${BESIDE_UNTRAINED[standing(reached, untrained)]}: ${NAMES[measure]} ${percentWords(reached.value)} ± ${error}, untrained ${percentWords(untrained.value)}; ${BESIDE_RAW_PIXELS[standing(reached, rawPixels)]} raw pixels (${percentWords(rawPixels.value)}).`;
}
