import type { Clusters, Exploration } from '../../../domain/exploration';
import { BANK, type DatasetInfo, TEST } from '../../../domain/imageDataset';
import { type Cell, csvOf } from '../../../formats/csv';
import type { DuplicateGroup } from '../../../session/exploring/duplicates';

/** What is known of each image beside its path. */
export interface Known {
  readonly info: DatasetInfo;
  readonly clusters: Clusters | null;
}

function classOf({ labels, classNames }: DatasetInfo, image: number): string {
  const label = labels?.[image] ?? -1;
  return label < 0 ? '' : (classNames[label] ?? '');
}

export function splitOf({ split }: DatasetInfo, image: number): string {
  return split[image] === TEST ? 'test' : split[image] === BANK ? 'bank' : 'train';
}

function cellsOf({ info, clusters }: Known, image: number): Cell[] {
  const cluster = clusters?.labels[image] ?? -1;
  return [
    info.names[image],
    classOf(info, image),
    splitOf(info, image),
    cluster < 0 ? '' : cluster + 1,
    clusters?.outlierScores[image] ?? '',
  ];
}

const HEAD = ['path', 'class', 'split', 'cluster', 'outlier_score'];

/** Images with their paths, and further columns. Names are those of files, which programs look up: they are kept as they are. */
export function imagesCsv(
  known: Known,
  images: readonly number[],
  more: { readonly [name: string]: (place: number) => Cell } = {},
): string {
  const rows = images.map((image, place) => [
    ...cellsOf(known, image),
    ...Object.values(more).map((cell) => cell(place)),
  ]);
  return csvOf([[...HEAD, ...Object.keys(more)], ...rows], { exact: true });
}

/** Groups of duplicates of one kind. */
export interface DuplicateRows {
  readonly kind: 'exact' | 'near' | 'alike';
  readonly groups: readonly DuplicateGroup[];
}

/** Pairs with their paths, and what of each is to be kept. A group of equal images gives pairs of its first and each other one. */
export function pairsCsv({ info }: Known, lists: readonly DuplicateRows[], isKept: (image: number) => boolean): string {
  const rows = lists.flatMap(({ kind, groups }) =>
    groups.flatMap(({ images: [a = 0, ...others], score, isLeak, difference }) =>
      others.map((b) => [
        kind,
        info.names[a],
        info.names[b],
        score,
        difference ?? '',
        isLeak ? 'yes' : 'no',
        isKept(a) ? 'keep' : 'leave out',
        isKept(b) ? 'keep' : 'leave out',
      ]),
    ),
  );
  const head = ['kind', 'path_a', 'path_b', 'score', 'difference', 'train_test_leak', 'a', 'b'];
  return csvOf([head, ...rows], { exact: true });
}

/** The images that are measured to be of poor quality, with the kind and its score. */
export function qualityCsv(known: Known, quality: NonNullable<Exploration['quality']>): string {
  const images = quality.map(({ image }) => image);
  return imagesCsv(known, images, {
    quality: (place) => quality[place]?.kind,
    quality_score: (place) => quality[place]?.score,
  });
}
