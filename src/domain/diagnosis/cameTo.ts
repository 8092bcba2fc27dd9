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

/** The relation of two figures; within two standard errors they cannot be distinguished. */
function relation(a: Estimate, b: Estimate): 'above' | 'below' | 'not distinguishable from' {
  if (!differs(a, b)) return 'not distinguishable from';
  return a.value > b.value ? 'above' : 'below';
}

const percent = (share: number) => `${(100 * share).toFixed(1)} %`;

/** “kNN accuracy 63.7 % ± 1.1: above the untrained network (57.2 %) and below raw pixels (75.4 %).” */
export function cameToWords(came: CameTo | null): string {
  if (came === null) {
    return 'Accuracy was not measured, neither by kNN nor by view retrieval: set “kNN every” above 0 to measure it.';
  }
  const { measure, reached, untrained, rawPixels } = came;
  const error = (100 * reached.standardError).toFixed(1);
  return `${measure} ${percent(reached.value)} ± ${error}: ${relation(reached, untrained)} the untrained network (${percent(untrained.value)}) and ${relation(reached, rawPixels)} raw pixels (${percent(rawPixels.value)}).`;
}
