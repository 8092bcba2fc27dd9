import type { Exploration, NeighbourGraph, Pair } from '../../domain/exploration';
import { type DatasetInfo, TRAIN } from '../../domain/imageDataset';
import { isLeak } from '../../domain/leaks';

/** Pairs whose cosine is at least `alike` are listed as alike; at least `near`, they are listed as very alike. */
export interface AlikeLimits {
  readonly alike: number;
  readonly near: number;
}

/** Shares of the images whose nearest image is less similar than the first limits. */
const [ALIKE_SHARE, NEAR_SHARE] = [0.95, 0.99];

/** The cosine of each image to its nearest other image [n]. */
export function nearestSimilarities({ n, k, similarities }: NeighbourGraph): Float32Array {
  return Float32Array.from({ length: k === 0 ? 0 : n }, (_, i) => similarities[i * k]);
}

/** Limits that list the most similar images of the data set, whatever cosines are usual in it. */
export function firstLimits(graph: NeighbourGraph): AlikeLimits {
  const sorted = nearestSimilarities(graph).sort();
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 1;
  // Downwards, so that there is something from the limit on, also where all cosines are close to 1.
  const rounded = (value: number) => Math.floor(value * 10_000) / 10_000;
  return { alike: rounded(at(ALIKE_SHARE)), near: rounded(at(NEAR_SHARE)) };
}

/** Images that belong together: two, or all those with equal pixels. */
export interface DuplicateGroup {
  readonly images: readonly number[];
  /** How sure it is that they belong together, or their cosine. */
  readonly score: number;
  /** Whether some are for training and others for testing. */
  readonly isLeak: boolean;
  /** What differs between two near duplicates; null for others. */
  readonly difference: Pair['kind'] | null;
}

/** Leaks first, then the surest. */
function sorted(groups: DuplicateGroup[]): DuplicateGroup[] {
  return groups.sort((a, b) => Number(b.isLeak) - Number(a.isLeak) || b.score - a.score);
}

export function exactGroups({ exact }: Exploration, info: DatasetInfo): DuplicateGroup[] {
  return sorted(exact.map((images) => ({ images, score: 1, isLeak: isLeak(info, images), difference: null })));
}

function groupOf({ a, b, score, isLeak, kind }: Pair): DuplicateGroup {
  return { images: [a, b], score, isLeak, difference: kind };
}

/** None as long as they are not known. */
export function nearGroups({ near }: Exploration): DuplicateGroup[] {
  return sorted((near ?? []).map(groupOf));
}

/** The numbers of two images as one. */
function keyOf(a: number, b: number, n: number): number {
  return Math.min(a, b) * n + Math.max(a, b);
}

/** Pairs of the graph from a cosine on that are neither exact nor near duplicates; each once. */
export function alikeGroups({ graph, exact, near }: Exploration, info: DatasetInfo, from: number): DuplicateGroup[] {
  const { n, k, indices, similarities } = graph;
  const groupOfImage = new Map(exact.flatMap((images, group) => images.map((image) => [image, group] as const)));
  const known = new Set((near ?? []).map(({ a, b }) => keyOf(a, b, n)));
  const groups: DuplicateGroup[] = [];
  for (let a = 0; a < n; a++) {
    const group = groupOfImage.get(a);
    for (let at = a * k; at < (a + 1) * k && similarities[at] >= from; at++) {
      const b = indices[at];
      const key = keyOf(a, b, n);
      if (b < 0 || known.has(key) || (group !== undefined && group === groupOfImage.get(b))) continue;
      known.add(key);
      groups.push({
        images: a < b ? [a, b] : [b, a],
        score: similarities[at],
        isLeak: isLeak(info, [a, b]),
        difference: null,
      });
    }
  }
  return sorted(groups);
}

/**
 * The images without a tick at first: of exact and near duplicates all but one. Where one is for testing, those for training are left out, so
 * that the test set stays as it is.
 */
export function firstLeftOut(exploration: Exploration, info: DatasetInfo): ReadonlySet<number> {
  const leftOut = new Set<number>();
  const isForTraining = (image: number) => info.split[image] === TRAIN;
  for (const { images } of [...exactGroups(exploration, info), ...nearGroups(exploration)]) {
    const left = images.filter((image) => !leftOut.has(image));
    const kept = left.find((image) => !isForTraining(image)) ?? left[0];
    for (const image of left) if (image !== kept) leftOut.add(image);
  }
  return leftOut;
}
