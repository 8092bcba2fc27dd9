import type { BottomLine } from '../../src/domain/bottomLine';
import type { DatasetInfo } from '../../src/domain/imageDataset';
import { isLeak } from '../../src/domain/leaks';
import type { FolderReport } from '../../src/explore/folderReport';

/** A report and what it is about. */
export interface AboutFolder {
  readonly report: FolderReport;
  readonly images: Pick<DatasetInfo, 'name' | 'count' | 'names' | 'split'>;
  /** null where raw pixels are the features. */
  readonly verdict: BottomLine | null;
  /** What the features are. */
  readonly featuresOf: string;
}

/** The report with paths, as JSON; docs/report.md describes its fields. */
export function jsonReport({ report, images, verdict, featuresOf }: AboutFolder): string {
  const path = (i: number) => images.names[i];
  const pair = ({ a, b, score }: { readonly a: number; readonly b: number; readonly score: number }) => ({
    paths: [path(a), path(b)],
    score,
  });
  const value = {
    dataset: { name: images.name, images: images.count, features: featuresOf },
    exact: report.exact.map((group) => group.map(path)),
    exactLeaks: report.exact.filter((group) => isLeak(images, group)).map((group) => group.map(path)),
    near: report.near.map((near) => ({
      ...pair(near),
      kind: near.kind,
      leak: isLeak(images, [near.a, near.b]),
    })),
    alike: report.alike.map(pair),
    clusters: report.clusters.map((cluster) => ({ medoid: path(cluster.medoid), paths: cluster.images.map(path) })),
    noise: report.noise.map(path),
    outliers: report.outliers.map(({ index, score }) => ({ path: path(index), score })),
    quality: report.quality.map(({ index, kind, score }) => ({ path: path(index), kind, score })),
    bottomLine: verdict,
  };
  return `${JSON.stringify(value, null, 2)}\n`;
}
