import type { NearPair, NeighbourGraph, PictureCopies } from '../domain/exploration';
import type { FeatureRows } from '../domain/features';
import type { DatasetInfo, PictureFacts } from '../domain/imageDataset';
import { isLeak } from '../domain/leaks';
import { findClusters, NOISE } from './clusters/hdbscan';
import { type AlikePair, alikePairs } from './duplicates/alikePairs';
import { exactGroups, withoutRepeats } from './duplicates/exactDuplicates';
import { nearDuplicates } from './duplicates/nearDuplicates';
import { neighbourGraph } from './graph/buildGraph';
import { outlierScores } from './outliers';
import type { ProductsOf } from './products';
import { type QualityFinding, qualityFindings } from './quality';
import { finished } from './work';

/** Images from this score on are listed as outliers: 2.6 standard deviations above what is usual in the folder. */
const OUTLIER_FROM = 0.99;

/** Fewer images have no clusters and no outliers. */
const FEWEST = 20;

export interface ReportInput {
  readonly images: Pick<DatasetInfo, 'count' | 'split'>;
  readonly facts: PictureFacts;
  readonly copies: PictureCopies;
  /** Of all images: an encoder's, or raw pixels (`pixelFeatures`). */
  readonly features: FeatureRows;
  readonly productsOf: ProductsOf;
  /** Called with what is being done, and the share of it that is done; may throw to stop. */
  readonly onProgress?: (stage: ReportStage, share: number) => void | Promise<void>;
}

export type ReportStage = 'neighbours' | 'clusters' | 'near duplicates';

export interface ImageCluster {
  readonly medoid: number;
  /** Those that belong to it most firmly first. */
  readonly images: readonly number[];
}

export interface ScoredImage {
  readonly index: number;
  readonly score: number;
}

/** What there is to know of a folder, by numbers of images. Exact and near duplicates on both sides of train and test come first. */
export interface FolderReport {
  readonly exact: readonly (readonly number[])[];
  /** Of a group of equal pictures, the first stands for all. */
  readonly near: readonly NearPair[];
  readonly alike: readonly AlikePair[];
  readonly clusters: readonly ImageCluster[];
  readonly noise: readonly number[];
  readonly outliers: readonly ScoredImage[];
  readonly quality: readonly QualityFinding[];
  /** null for a folder of one image. */
  readonly graph: NeighbourGraph | null;
}

/** @throws RangeError for features that are not finite */
export async function folderReport(input: ReportInput): Promise<FolderReport> {
  const { images, facts, copies, features, productsOf, onProgress = () => undefined } = input;
  const exact = exactGroups(facts, copies);
  const shown = withoutRepeats(exact, images.count);
  const near = await finished(nearDuplicates(copies, shown), (share) => onProgress('near duplicates', share));
  const graph =
    images.count < 2
      ? null
      : await neighbourGraph(features, { productsOf, onProgress: (share) => onProgress('neighbours', share) });
  const known = pairsOf(exact, near);
  const leaksFirst = <T>(list: readonly T[], imagesOf: (entry: T) => readonly number[]): T[] => {
    const leaks = list.filter((entry) => isLeak(images, imagesOf(entry)));
    return [...leaks, ...list.filter((entry) => !isLeak(images, imagesOf(entry)))];
  };
  return {
    exact: leaksFirst(exact, (group) => group),
    near: leaksFirst(
      [...near].sort((x, y) => y.score - x.score),
      ({ a, b }) => [a, b],
    ),
    alike: graph === null ? [] : alikePairs(graph, known),
    ...(await clustersAndOutliers(graph, input)),
    quality: qualityFindings(facts),
    graph,
  };
}

async function clustersAndOutliers(
  graph: NeighbourGraph | null,
  { images, features, productsOf, onProgress = () => undefined }: ReportInput,
): Promise<Pick<FolderReport, 'clusters' | 'noise' | 'outliers'>> {
  const all = Array.from({ length: images.count }, (_, i) => i);
  if (graph === null || images.count < FEWEST) return { clusters: [], noise: all, outliers: [] };
  const { labels, probabilities, medoids } = await findClusters(features, graph, {
    productsOf,
    onProgress: (share) => onProgress('clusters', share),
  });
  const members: number[][] = medoids.map(() => []);
  for (const i of all) if (labels[i] !== NOISE) members[labels[i]].push(i);
  const scores = outlierScores(graph);
  return {
    clusters: medoids.map((medoid, c) => ({
      medoid,
      images: members[c].sort((x, y) => probabilities[y] - probabilities[x]),
    })),
    noise: all.filter((i) => labels[i] === NOISE),
    outliers: all
      .filter((i) => scores[i] >= OUTLIER_FROM)
      .map((index) => ({ index, score: scores[index] }))
      .sort((x, y) => y.score - x.score),
  };
}

/** Whether a pair is in the list of exact or near duplicates. */
function pairsOf(exact: readonly (readonly number[])[], near: readonly NearPair[]): (a: number, b: number) => boolean {
  const firstOf = new Map(exact.flatMap(([first, ...others]) => others.map((other) => [other, first] as const)));
  const standsFor = (i: number) => firstOf.get(i) ?? i;
  const keys = new Set(near.map(({ a, b }) => `${a} ${b}`));
  return (a, b) => {
    const [x, y] = [standsFor(a), standsFor(b)].sort((p, q) => p - q);
    return x === y || keys.has(`${x} ${y}`);
  };
}
