import { standardError } from '../../domain/accuracy';
import type { Baselines } from '../../domain/measurement';
import { grouped, plain } from '../numbers';

/** kNN and view retrieval are measured together. */
export const NOT_MEASURED = 'Not measured: the setting “kNN every” is 0.';

/** “ ± 2.8”: the binomial standard error in points; empty where the share or the number of images is not known. */
export function errorWords(share: number | undefined, images: number | undefined): string {
  return share === undefined || images === undefined ? '' : ` ± ${plain(100 * standardError(share, images), 1)}`;
}

/** @param knn undefined before the baselines are measured, null where kNN is not measured */
export function knnHelp(
  knn: Baselines['knn'] | undefined,
  { k, temperature }: { k: number; temperature: number },
): string {
  if (knn === null)
    return 'Needs images with classes, at least two in a class, so that some can be held out for testing.';
  const judged = knn === undefined ? '' : `: ${grouped(knn.queries)} test images, ${grouped(knn.bank)} voters`;
  return `k = ${knn?.k ?? k}, T = ${knn?.temperature ?? temperature}, on backbone features${judged}`;
}
