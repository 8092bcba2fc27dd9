import { useRun } from '../lab';
import { NOT_YET, plain } from '../numbers';
import { errorWords, knnHelp, NOT_MEASURED } from './accuracyWords';
import classes from './Charts.module.css';
import { ChartsLegend } from './ChartsLegend';
import { KNN, OUTPUT_STD, RANK } from './descriptions';
import { LossCharts } from './LossCharts';
import { MetricChart } from './MetricChart';
import { RateChart, RetrievalChart } from './moreCharts';
import { type OverlaidRun, useOverlays } from './useOverlays';

export interface OverlaidChartProps {
  readonly overlays: readonly OverlaidRun[];
}

/** All charts of the run on the page, with the curves of the ticked kept runs laid over them. */
export function ComparedCharts() {
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
