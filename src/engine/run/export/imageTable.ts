import { type DatasetInfo, NO_LABEL, TRAIN } from '../../../domain/imageDataset';
import { csvOf } from '../../../formats/csv';

/** What is known of each image beside its outputs, for tables in the order of the data set. */
export interface ImageFacts {
  readonly path: string;
  /** null where it has no class. */
  readonly className: string | null;
  readonly split: 'train' | 'test';
}

type Named = Pick<DatasetInfo, 'names' | 'labels' | 'classNames' | 'split'>;

/** @param from index of the first image; `to` is that after the last one */
export function imageFacts({ names, labels, classNames, split }: Named, from: number, to: number): ImageFacts[] {
  return Array.from({ length: to - from }, (_, i) => {
    const label = labels?.[from + i] ?? NO_LABEL;
    return {
      path: names[from + i],
      className: label === NO_LABEL ? null : classNames[label],
      split: split[from + i] === TRAIN ? 'train' : 'test',
    };
  });
}

/** Paths, classes and splits of all images as CSV. */
export function imagesCsv(images: Named): string {
  const rows = imageFacts(images, 0, images.names.length).map(({ path, className, split }) => [
    path,
    className ?? undefined,
    split,
  ]);
  return csvOf([['path', 'class', 'split'], ...rows], { exact: true });
}
