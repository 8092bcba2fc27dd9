import { useMemo } from 'react';
import { METHODS } from '../../spec/methods/registry';
import { useRun } from '../lab';
import { grouped, NOT_YET, plain } from '../numbers';
import classes from './Charts.module.css';
import { type ChartDescription, MetricChart } from './MetricChart';

const MAIN = 'var(--lab-accent)';
const SECOND = 'var(--lab-gradient)';

const OUTPUT_STD: ChartDescription = {
  title: 'Output std',
  lines: [{ series: 'outputStd', name: 'output std', color: MAIN }],
  least: [0, 0.02],
  decimals: 4,
  references: ({ inverseSqrtD }) => [{ name: '1/√d', value: inverseSqrtD }],
};
const RANK: ChartDescription = {
  title: 'Effective rank',
  lines: [
    { series: 'effectiveRank', name: 'of z', color: MAIN },
    { series: 'backboneRank', name: 'of the backbone features', color: SECOND },
  ],
  least: [0, 10],
  decimals: 1,
  references: () => [],
};
const KNN: ChartDescription = {
  title: 'kNN accuracy',
  lines: [{ series: 'knn', name: 'kNN accuracy', color: MAIN }],
  least: [0, 0.2],
  decimals: 3,
  references: ({ knn }) =>
    knn === null
      ? []
      : [
          { name: 'raw pixels', value: knn.rawPixels },
          { name: 'untrained', value: knn.untrained },
          { name: 'chance', value: knn.chance },
        ],
};
const RETRIEVAL: ChartDescription = {
  title: 'View retrieval',
  lines: [{ series: 'viewRetrieval', name: 'view retrieval', color: MAIN }],
  least: [0, 0.2],
  decimals: 3,
  references: ({ viewRetrieval }) => [
    { name: 'raw pixels', value: viewRetrieval.rawPixels },
    { name: 'untrained', value: viewRetrieval.untrained },
  ],
};
const RATE: ChartDescription = {
  title: 'Learning rate',
  lines: [{ series: 'learningRate', name: 'lr', color: MAIN }],
  least: [0, 0.001],
  decimals: 4,
  references: () => [],
};
const LOSS: Omit<ChartDescription, 'least'> = {
  title: 'Loss',
  lines: [{ series: 'loss', name: 'loss', color: MAIN }],
  decimals: 4,
  references: () => [],
};

/** The curves of the run, all on the same steps. */
export function ChartsPanel() {
  return (
    <div className={classes.grid}>
      <LossChart />
      <StdChart />
      <RankChart />
      <KnnChart />
      <RetrievalChart />
      <RateChart />
    </div>
  );
}

function LossChart() {
  const loss = useRun((run) => run.latest.loss);
  const config = useRun((run) => run.config);
  const { method, similarity } = config;
  const chart = useMemo(() => ({ ...LOSS, least: METHODS[method].lossRange(config) ?? [0, 1] }), [method, config]);
  return (
    <MetricChart
      chart={chart}
      value={<span data-testid="metric-loss">{plain(loss, 4)}</span>}
      help={
        similarity === 'cosine'
          ? '−1: the two views agree perfectly. Proves nothing alone: a constant output agrees, too.'
          : 'Cross-entropy of the softmaxes of p and z. Its smallest value depends on d.'
      }
    />
  );
}

function StdChart() {
  const std = useRun((run) => run.latest.outputStd);
  const level = useRun((run) => run.latest.collapseLevel);
  return (
    <MetricChart
      chart={OUTPUT_STD}
      value={<span data-testid="metric-output-std">{plain(std, 4)}</span>}
      help={
        <>
          0 is a constant output; 1/√d is spread out evenly. Collapse level{' '}
          <b data-testid="metric-collapse">{plain(level, 3)}</b>
        </>
      }
    />
  );
}

function RankChart() {
  const rank = useRun((run) => run.latest.effectiveRank);
  const backbone = useRun((run) => run.latest.backboneRank);
  const bound = useRun((run) => run.baselines?.rankBound);
  const backboneBound = useRun((run) => run.baselines?.backboneRankBound);
  return (
    <MetricChart
      chart={RANK}
      value={<span data-testid="metric-effective-rank">{plain(rank, 1)}</span>}
      help={
        <>
          Directions that z uses, of {bound ?? NOT_YET} at most;{' '}
          <span className={classes.second}>backbone {plain(backbone, 1)}</span> of {backboneBound ?? NOT_YET}. Falling:
          a dimensional collapse.
        </>
      }
    />
  );
}

function KnnChart() {
  const accuracy = useRun((run) => run.latest.knn);
  const knn = useRun((run) => run.baselines?.knn);
  const { k, temperature } = useRun((run) => (run.active?.config ?? run.config).knn);
  return (
    <MetricChart
      chart={KNN}
      value={
        <>
          <span data-testid="metric-knn">{accuracy === undefined ? NOT_YET : plain(100 * accuracy, 1)}</span>
          <span className={classes.unit}>%</span>
        </>
      }
      help={
        knn === null
          ? 'Needs images with classes, some of them held out.'
          : `k = ${knn?.k ?? k}, T = ${knn?.temperature ?? temperature}, on backbone features${
              knn === undefined ? '' : `: ${grouped(knn.queries)} images judged by ${grouped(knn.bank)}`
            }`
      }
    />
  );
}

function RetrievalChart() {
  const share = useRun((run) => run.latest.viewRetrieval);
  const images = useRun((run) => run.baselines?.viewRetrieval.images);
  return (
    <MetricChart
      chart={RETRIEVAL}
      value={
        <>
          <span data-testid="metric-view-retrieval">{share === undefined ? NOT_YET : plain(100 * share, 1)}</span>
          <span className={classes.unit}>%</span>
        </>
      }
      help={`How often an image’s other view is the nearest${images === undefined ? '' : ` of ${images}`}. It shows invariance, not meaning.`}
    />
  );
}

function RateChart() {
  const rate = useRun((run) => run.latest.learningRate);
  const schedule = useRun((run) => (run.active?.config ?? run.config).schedule);
  return (
    <MetricChart
      chart={RATE}
      value={<span data-testid="metric-learning-rate">{plain(rate, 4)}</span>}
      help={
        schedule === 'cosine'
          ? 'Of the encoder: base rate × batch/256, down to 0 along a cosine.'
          : 'Of the encoder: base rate × batch/256, constant.'
      }
    />
  );
}
