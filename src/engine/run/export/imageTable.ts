import { type DatasetInfo, NO_LABEL, TRAIN } from '../../../domain/imageDataset';
import { csvOf } from '../../../formats/csv';
import type { FindingColumn } from './findingColumns';

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

/** Images whose rows are written at once. */
const ROWS = 2000;

/** Paths, classes and splits of all images as CSV, then further columns, in pieces. */
export function* imagesCsv(images: Named, more: readonly FindingColumn[] = []): Generator<Uint8Array> {
  const { length } = images.names;
  const encoded = (rows: Parameters<typeof csvOf>[0]) => new TextEncoder().encode(csvOf(rows, { exact: true }));
  yield encoded([['path', 'class', 'split', ...more.map(({ name }) => name)]]);
  for (let from = 0; from < length; from += ROWS) {
    const to = Math.min(length, from + ROWS);
    const found = more.map((column) => column.values(from, to));
    yield encoded(
      imageFacts(images, from, to).map(({ path, className, split }, i) => [
        path,
        className ?? undefined,
        split,
        ...found.map((values) => values[i] ?? undefined),
      ]),
    );
  }
}
