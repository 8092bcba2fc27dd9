import { BANK, type DatasetInfo, NO_LABEL, TRAIN } from '../domain/imageDataset';

/** A class with its images, as the data panel and `npm run inspect` show it. Held-out images count as test images. */
export interface ClassCount {
  readonly name: string;
  readonly train: number;
  readonly test: number;
}

/** What a data set consists of. */
export interface DatasetCounts {
  /** In the order of the labels. */
  readonly classes: readonly ClassCount[];
  /** Images without a class, in both splits. */
  readonly unlabelled: number;
  readonly splits: { readonly train: number; readonly test: number };
  /** Test images that vote in kNN instead of being asked. */
  readonly bank: number;
}

/** Counts the images of each class and split. */
export function datasetCounts({
  labels,
  classNames,
  split,
}: Pick<DatasetInfo, 'labels' | 'classNames' | 'split'>): DatasetCounts {
  const counts = classNames.map((name) => ({ name, train: 0, test: 0 }));
  const splits = { train: 0, test: 0 };
  let [unlabelled, bank] = [0, 0];
  for (const [i, part] of split.entries()) {
    const side = part === TRAIN ? 'train' : 'test';
    splits[side]++;
    if (part === BANK) bank++;
    const count = counts[labels?.[i] ?? NO_LABEL];
    if (count === undefined) unlabelled++;
    else count[side]++;
  }
  return { classes: counts, unlabelled, splits, bank };
}
