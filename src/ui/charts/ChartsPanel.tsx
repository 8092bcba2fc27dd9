import { standardError } from '../../domain/accuracy';
import type { Baselines } from '../../domain/measurement';
import { Evaluation } from '../evaluation/Evaluation';
import { useRun } from '../lab';
import { grouped, NOT_YET, plain } from '../numbers';
import classes from './Charts.module.css';
import { ChartsLegend } from './ChartsLegend';
import type { ChartDescription } from './chartDescription';
import { LossCharts } from './LossCharts';
import { MetricChart } from './MetricChart';
import { type OverlaidRun, useOverlays } from './useOverlays';

const OUTPUT_STD: ChartDescription = {
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
const RANK: ChartDescription = {
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
const KNN: ChartDescription = {
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
const RETRIEVAL: ChartDescription = {
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
const RATE: ChartDescription = {
  title: 'Learning rate',
  axis: 'learning rate',
  lines: [{ series: 'learningRate', name: 'lr', tone: 'main' }],
  least: [0, 0.001],
  decimals: 4,
  references: () => [],
};

/** kNN and view retrieval are measured together. */
const NOT_MEASURED = 'Not measured: the setting “kNN every” is 0.';

interface OverlaidChartProps {
  readonly overlays: readonly OverlaidRun[];
}

/** The charts of the run on a common step axis, with the curves of the ticked kept runs. */
export function ChartsPanel() {
  const overlays = useOverlays();
  return (
    <section className={classes.charts} aria-label="Curves">
      <ChartsLegend overlays={overlays} />
      <div className={classes.grid}>
        <LossCharts overlays={overlays} />
        <StdChart overlays={overlays} />
        <RankChart overlays={overlays} />
        <KnnChart overlays={overlays} />
        <RetrievalChart overlays={overlays} />
        <RateChart overlays={overlays} />
      </div>
      <Evaluation />
    </section>
  );
}

function StdChart({ overlays }: OverlaidChartProps) {
  const std = useRun((run) => run.latest.outputStd);
  const level = useRun((run) => run.latest.collapseLevel);
  return (
    <MetricChart
      chart={OUTPUT_STD}
      overlays={overlays}
      value={<span data-testid="metric-output-std">{plain(std, 4)}</span>}
      help={
        <>
          0: constant output; 1/√d: outputs spread evenly. Collapse level{' '}
          <b data-testid="metric-collapse">{plain(level, 3)}</b>
        </>
      }
    />
  );
}

function RankChart({ overlays }: OverlaidChartProps) {
  const rank = useRun((run) => run.latest.effectiveRank);
  const backbone = useRun((run) => run.latest.backboneRank);
  const bound = useRun((run) => run.baselines?.rankBound);
  const backboneBound = useRun((run) => run.baselines?.backboneRankBound);
  return (
    <MetricChart
      chart={RANK}
      overlays={overlays}
      value={<span data-testid="metric-effective-rank">{plain(rank, 1)}</span>}
      help={
        <>
          Directions that z uses, at most {bound ?? NOT_YET};{' '}
          <span className={classes.second}>backbone {plain(backbone, 1)}</span>, at most {backboneBound ?? NOT_YET}. A
          fall means dimensional collapse.
        </>
      }
    />
  );
}

function KnnChart({ overlays }: OverlaidChartProps) {
  const accuracy = useRun((run) => run.latest.knn);
  const probe = useRun((run) => run.latest.onlineProbe);
  const knn = useRun((run) => run.baselines?.knn);
  const { k, temperature, every } = useRun((run) => (run.active?.config ?? run.config).knn);
  return (
    <MetricChart
      chart={KNN}
      overlays={overlays}
      value={
        <>
          <span data-testid="metric-knn">{accuracy === undefined ? NOT_YET : plain(100 * accuracy, 1)}</span>
          <span className={classes.unit}>%{errorWords(accuracy, knn?.queries)}</span>
        </>
      }
      help={
        every === 0 ? (
          NOT_MEASURED
        ) : (
          <>
            {knnHelp(knn, { k, temperature })}
            {probe !== undefined && (
              <>
                {'. '}
                <span className={classes.second}>
                  Linear probe <span data-testid="probe-accuracy">{plain(100 * probe, 1)}</span> %
                  {errorWords(probe, knn?.queries)}
                </span>
                : a linear classifier that is trained beside the run; no gradient passes from it to the network
              </>
            )}
          </>
        )
      }
    />
  );
}

/** “ ± 2.8”: the binomial standard error in points; empty where the share or the number of images is not known. */
function errorWords(share: number | undefined, images: number | undefined): string {
  return share === undefined || images === undefined ? '' : ` ± ${plain(100 * standardError(share, images), 1)}`;
}

/** @param knn undefined before the baselines are measured, null where kNN is not measured */
function knnHelp(knn: Baselines['knn'] | undefined, { k, temperature }: { k: number; temperature: number }): string {
  if (knn === null)
    return 'Needs images with classes, at least two in a class, so that some can be held out for testing.';
  const judged = knn === undefined ? '' : `: ${grouped(knn.queries)} test images, ${grouped(knn.bank)} voters`;
  return `k = ${knn?.k ?? k}, T = ${knn?.temperature ?? temperature}, on backbone features${judged}`;
}

function RetrievalChart({ overlays }: OverlaidChartProps) {
  const share = useRun((run) => run.latest.viewRetrieval);
  const images = useRun((run) => run.baselines?.viewRetrieval?.images);
  const every = useRun((run) => (run.active?.config ?? run.config).knn.every);
  return (
    <MetricChart
      chart={RETRIEVAL}
      overlays={overlays}
      value={
        <>
          <span data-testid="metric-view-retrieval">{share === undefined ? NOT_YET : plain(100 * share, 1)}</span>
          <span className={classes.unit}>%{errorWords(share, images)}</span>
        </>
      }
      help={
        every === 0
          ? NOT_MEASURED
          : `How often an image’s other view is its nearest neighbour${images === undefined ? '' : ` among ${images}`}. Measures invariance, not semantics.`
      }
    />
  );
}

function RateChart({ overlays }: OverlaidChartProps) {
  const rate = useRun((run) => run.latest.learningRate);
  const schedule = useRun((run) => (run.active?.config ?? run.config).schedule);
  return (
    <MetricChart
      chart={RATE}
      overlays={overlays}
      value={<span data-testid="metric-learning-rate">{plain(rate, 4)}</span>}
      help={
        schedule === 'cosine'
          ? 'Encoder: base rate × batch/256, with cosine decay to 0.'
          : 'Encoder: base rate × batch/256, constant.'
      }
    />
  );
}
