import type { RunConfig } from '../runConfig';
import type { Experiment } from './experiment';
import { CANNOT_TELL, KNN_SPREAD, percent } from './words';

/** Another batch size with the same number of images in total; the learning rate scales with the batch size. */
function batches(size: number) {
  return ({ totalSteps, batchSize }: RunConfig) => ({
    batchSize: size,
    totalSteps: Math.max(1, Math.round((totalSteps * batchSize) / size)),
  });
}

const SIZES = [
  { size: 32, paper: null },
  { size: 64, paper: 66.1 },
  { size: 128, paper: 67.3 },
  { size: 256, paper: 68.1 },
  { size: 512, paper: 68.1 },
  { size: 1024, paper: 68.0 },
] as const;

export const batchSize: Experiment = {
  name: 'batch-size',
  title: 'Table 2: batch size',
  source: 'Sec. 4.3, Table 2',
  question: 'Does SimSiam need large batches? Each run sees the same number of images.',
  claim: 'Batch size has little effect from 64 (66.1 %) to 2048 (67.9 %); 256 and 512 are best (68.1 %).',
  runs: SIZES.map(({ size, paper }) => ({ id: `${size}`, label: `batch ${size}`, settings: batches(size), paper })),
  verdict(of) {
    const all = SIZES.map(({ size }) => ({ size, knn: of(`${size}`)?.knn ?? null }));
    const known = all.flatMap(({ knn }) => (knn === null ? [] : [knn]));
    if (known.length < all.length) return CANNOT_TELL;
    const spread = Math.max(...known) - Math.min(...known);
    const list = all.map(({ size, knn }) => `${size}: ${percent(knn)}`).join(', ');
    return spread <= 2 * KNN_SPREAD
      ? { outcome: 'reproduces', text: `Batch size has little effect: kNN ${list}.` }
      : {
          outcome: 'partly',
          text: `kNN ${list}. For the same number of images small batches make more updates, which matters more in runs this short than the batch size.`,
        };
  },
};
