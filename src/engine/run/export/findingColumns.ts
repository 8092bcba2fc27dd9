import type { ImageFindings } from '../../../domain/takeAlong';

/** A further column of a table of images: its kind in a Parquet file, and the values of images from one index to another. */
export interface FindingColumn {
  readonly name: string;
  readonly kind: 'text' | 'integer' | 'float';
  values(from: number, to: number): (string | number | null)[];
}

/**
 * What exploring found, as columns: `cluster` from 1 on as the page's lists count them, null for noise; the path of the kept image of equal ones
 * and of those that show the same; kinds of poor quality joined by semicolons. Columns of what was not found out are left out.
 * @param names of all images
 */
export function findingColumns(
  { clusters, duplicateOf, nearDuplicateOf, quality }: ImageFindings,
  names: readonly string[],
): FindingColumn[] {
  const column = (
    name: string,
    kind: FindingColumn['kind'],
    value: (image: number) => string | number | null,
  ): FindingColumn => ({
    name,
    kind,
    values: (from, to) => Array.from({ length: to - from }, (_, i) => value(from + i)),
  });
  const pathOf = (kept: Int32Array) => (image: number) => (kept[image] < 0 ? null : names[kept[image]]);
  const kinds = new Map<number, string[]>();
  for (const { image, kind } of quality ?? []) kinds.set(image, [...(kinds.get(image) ?? []), kind]);
  return [
    ...(clusters === null
      ? []
      : [
          column('cluster', 'integer', (image) => (clusters.labels[image] < 0 ? null : clusters.labels[image] + 1)),
          column('cluster_probability', 'float', (image) => clusters.probabilities[image]),
          column('outlier_score', 'float', (image) => clusters.outlierScores[image]),
        ]),
    column('duplicate_of', 'text', pathOf(duplicateOf)),
    ...(nearDuplicateOf === null ? [] : [column('near_duplicate_of', 'text', pathOf(nearDuplicateOf))]),
    ...(quality === null ? [] : [column('quality', 'text', (image) => kinds.get(image)?.join(';') ?? null)]),
  ];
}
