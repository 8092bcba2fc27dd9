import { METHODS } from '../../domain/methods/registry';
import type { RunConfig } from '../../domain/runConfig';
import type { ChartDescription } from './chartDescription';

/** The chart of the loss of a method; losses of different kinds never share one. */
export function lossChart(title: string, axis: string, config: RunConfig): ChartDescription {
  return {
    title,
    axis,
    lines: [{ series: 'loss', name: 'loss', tone: 'main' }],
    least: METHODS[config.method].lossRange(config) ?? [0, 1],
    decimals: 4,
    references: () => [],
  };
}

export const OUTPUT_STD: ChartDescription = {
  title: 'Output std',
  axis: 'output std',
  lines: [{ series: 'outputStd', name: 'output std', tone: 'main' }],
  least: [0, 0.02],
  decimals: 4,
  references: ({ live, others }) => {
    const values = [...new Set([...(live === null ? [] : [live]), ...others].map(({ inverseSqrtD }) => inverseSqrtD))];
    // The std of evenly spread outputs depends on d, so runs of different d have different reference lines.
    return values.map((value) => ({ name: values.length === 1 ? '1/√d' : `1/√${Math.round(value ** -2)}`, value }));
  },
};
export const RANK: ChartDescription = {
  title: 'Effective rank',
  axis: 'effective rank',
  lines: [
    { series: 'effectiveRank', name: 'of z', tone: 'main' },
    { series: 'backboneRank', name: 'of the backbone features', tone: 'second' },
  ],
  least: [0, 10],
  decimals: 1,
  references: () => [],
};
export const KNN: ChartDescription = {
  title: 'kNN accuracy',
  axis: 'accuracy (share of test images)',
  lines: [
    { series: 'knn', name: 'kNN accuracy', tone: 'main' },
    { series: 'onlineProbe', name: 'linear probe', tone: 'second' },
  ],
  least: [0, 0.2],
  decimals: 3,
  references: ({ live }) =>
    live === null || live.knn === null
      ? []
      : [
          { name: 'raw pixels', value: live.knn.rawPixels },
          { name: 'untrained', value: live.knn.untrained },
          { name: 'chance', value: live.knn.chance },
        ],
};
export const RETRIEVAL: ChartDescription = {
  title: 'View retrieval',
  axis: 'view retrieval (share of probe images)',
  lines: [{ series: 'viewRetrieval', name: 'view retrieval', tone: 'main' }],
  least: [0, 0.2],
  decimals: 3,
  references: ({ live }) =>
    live === null || live.viewRetrieval === null
      ? []
      : [
          { name: 'raw pixels', value: live.viewRetrieval.rawPixels },
          { name: 'untrained', value: live.viewRetrieval.untrained },
        ],
};
export const RATE: ChartDescription = {
  title: 'Learning rate',
  axis: 'learning rate',
  lines: [{ series: 'learningRate', name: 'lr', tone: 'main' }],
  least: [0, 0.001],
  decimals: 4,
  references: () => [],
};
