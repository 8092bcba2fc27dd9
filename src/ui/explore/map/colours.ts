import type { Clusters, NeighbourGraph } from '../../../domain/exploration';
import { BANK, type DatasetInfo, NO_LABEL, TEST, TRAIN } from '../../../domain/imageDataset';
import { CLASS_COLORS, type Palette } from '../../outputs/paint/palette';

/** What the colour of an image says. */
export const COLOURINGS = {
  clusters: 'clusters',
  classes: 'classes',
  outliers: 'outlier score',
  split: 'training and test',
  otherClass: 'nearest has another class',
} as const;
export type Colouring = keyof typeof COLOURINGS;

/** The colours of a map have so many places: the first is that of images to which what is shown does not apply. */
export const MOST_COLOURS = 1 + CLASS_COLORS;

/** A line of the legend. */
export interface LegendEntry {
  readonly colour: number;
  readonly words: string;
  /** Number of images of this colour. */
  readonly count: number;
}

export interface PointColours {
  /** [n]: which of the colours each image has. */
  readonly indices: Uint8Array;
  readonly legend: readonly LegendEntry[];
}

/** What colours are chosen by. */
export interface Coloured {
  readonly info: DatasetInfo;
  readonly graph: NeighbourGraph;
  /** null until they have been found. */
  readonly clusters: Clusters | null;
}

/** Limits of the steps of the outlier score, in [0, 1]. */
const SCORE_STEPS = [0.5, 0.7, 0.9, 0.95, 0.99];

/** What can be shown of these images. */
export function colouringsFor({ info, clusters }: Pick<Coloured, 'info' | 'clusters'>): Colouring[] {
  const hasClasses = info.labels?.some((label) => label !== NO_LABEL) ?? false;
  const hasSplits = info.split.some((split) => split !== TRAIN);
  return [
    ...(clusters === null ? [] : (['clusters'] as const)),
    ...(hasClasses ? (['classes'] as const) : []),
    ...(clusters === null ? [] : (['outliers'] as const)),
    ...(hasSplits ? (['split'] as const) : []),
    ...(hasClasses ? (['otherClass'] as const) : []),
  ];
}

function counted(indices: Uint8Array, words: readonly (readonly [colour: number, words: string])[]): LegendEntry[] {
  const counts = new Uint32Array(MOST_COLOURS);
  for (const index of indices) counts[index] += 1;
  return words
    .map(([colour, text]) => ({ colour, words: text, count: counts[colour] }))
    .filter(({ count }) => count > 0);
}

function byClasses({ labels, classNames }: DatasetInfo, count: number): PointColours {
  const sizes = classNames.map((_, label) => ({ label, size: 0 }));
  labels?.forEach((label) => {
    if (label >= 0 && sizes[label] !== undefined) sizes[label].size += 1;
  });
  // With more classes than colours, the largest get them: two classes of one colour would look like one.
  const named = sizes.length > CLASS_COLORS ? sizes.toSorted((a, b) => b.size - a.size).slice(0, CLASS_COLORS) : sizes;
  const colourOf = new Map(named.map(({ label }, i) => [label, i + 1]));
  const indices = Uint8Array.from({ length: count }, (_, i) => colourOf.get(labels?.[i] ?? NO_LABEL) ?? 0);
  const rest = sizes.length > CLASS_COLORS ? 'other classes, or none' : 'no class';
  const words = named.map(({ label }) => [colourOf.get(label) ?? 0, classNames[label] ?? ''] as const);
  return { indices, legend: counted(indices, [...words, [0, rest]]) };
}

/** Colours of clusters are used again, since each has its name on the map; clusters that follow one another in size differ. */
function byClusters({ labels }: Clusters): PointColours {
  const indices = Uint8Array.from(labels, (cluster) => (cluster < 0 ? 0 : 1 + (cluster % CLASS_COLORS)));
  return { indices, legend: counted(indices, [[0, 'in no cluster']]) };
}

function byOutlierScore({ outlierScores }: Clusters): PointColours {
  const stepOf = (score: number) => SCORE_STEPS.filter((limit) => score >= limit).length;
  const indices = Uint8Array.from(outlierScores, stepOf);
  const words = SCORE_STEPS.map((limit, i) => [i + 1, `from ${limit}`] as const);
  return { indices, legend: counted(indices, [[0, `below ${SCORE_STEPS[0]}`], ...words]) };
}

function bySplit({ split }: DatasetInfo): PointColours {
  const colours = { [TRAIN]: 1, [TEST]: 2, [BANK]: 3 } as Readonly<Record<number, number>>;
  const indices = Uint8Array.from(split, (value) => colours[value] ?? 0);
  const words = [
    [1, 'for training'],
    [2, 'for testing'],
    [3, 'votes in kNN'],
  ] as const;
  return { indices, legend: counted(indices, words) };
}

function byNearestClass({ labels }: DatasetInfo, { n, k, indices: nearest }: NeighbourGraph): PointColours {
  const indices = new Uint8Array(n);
  for (let i = 0; i < n; i++) {
    const [own, other] = [labels?.[i] ?? NO_LABEL, labels?.[nearest[i * k]] ?? NO_LABEL];
    if (own !== NO_LABEL && other !== NO_LABEL) indices[i] = own === other ? 1 : 2;
  }
  const words = [
    [2, 'another class'],
    [1, 'the same class'],
    [0, 'one without a class'],
  ] as const;
  return { indices, legend: counted(indices, words) };
}

/** The colour of each image, and the legend. */
export function pointColours(by: Colouring, { info, graph, clusters }: Coloured): PointColours {
  const none = { indices: new Uint8Array(graph.n), legend: [] };
  switch (by) {
    case 'clusters':
      return clusters === null ? none : byClusters(clusters);
    case 'classes':
      return byClasses(info, graph.n);
    case 'outliers':
      return clusters === null ? none : byOutlierScore(clusters);
    case 'split':
      return bySplit(info);
    case 'otherClass':
      return byNearestClass(info, graph);
    default:
      return by satisfies never;
  }
}

/** Red, green and blue, from 0 to 255, of a colour `#rrggbb`. */
export function channels(colour: string): [number, number, number] {
  const value = Number.parseInt(colour.slice(1), 16);
  return [(value >> 16) & 255, (value >> 8) & 255, value & 255];
}

function mixed(from: string, to: string, share: number): string {
  const [a, b] = [channels(from), channels(to)];
  const hex = a.map((value, i) =>
    Math.round(value + (b[i] - value) * share)
      .toString(16)
      .padStart(2, '0'),
  );
  return `#${hex.join('')}`;
}

/** The colours that the numbers of `pointColours` stand for: muted, none like the accent or the colour of warnings. */
export function coloursOf(by: Colouring, palette: Palette): string[] {
  const { rim, ink, classes } = palette;
  // Of most images nothing is to be said: they stand back.
  if (by === 'outliers') return [rim, ...SCORE_STEPS.map((_, i) => mixed(rim, ink, (i + 1) / SCORE_STEPS.length))];
  if (by === 'otherClass') return [palette.line, rim, classes[1]];
  return [rim, ...classes];
}
