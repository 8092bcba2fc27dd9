import { useElementSize } from '@mantine/hooks';
import { useMemo } from 'react';
import type { Marker } from '../../domain/measurement';
import { METHODS } from '../../domain/methods/registry';
import { useDataset, useRun } from '../lab';
import { grouped, NOT_YET, plain } from '../numbers';
import { errorWords } from './accuracyWords';
import { ChartRow } from './ChartRow';
import classes from './ChartRows.module.css';
import { placeMarkers } from './chartData';
import { frameOf, stepWords } from './chartFrame';
import { KNN, lossChart, OUTPUT_STD, RANK, RETRIEVAL } from './descriptions';
import { useChart } from './useChart';
import { useCursor } from './useCursor';

/** The four curves that matter most, in rows on one step axis that events cross. */
export function ChartRows({ className }: { readonly className?: string | undefined }) {
  const cursor = useCursor();
  const { end, stepTicks, markers } = useStepAxis();
  const axis = { cursor, end };
  return (
    <section className={className} aria-label="Curves">
      <Events end={end} markers={markers} />
      <div className={classes.rows}>
        <LossRow {...axis} />
        <StdRow {...axis} />
        <RankRow {...axis} />
        <AccuracyRow {...axis} />
      </div>
      <StepAxis end={end} ticks={stepTicks} />
    </section>
  );
}

interface RowProps {
  readonly cursor: number | null;
  /** The end of the step axis. */
  readonly end: number;
}

function LossRow(axis: RowProps) {
  const loss = useRun((run) => run.latest.loss);
  const config = useRun((run) => run.active?.config ?? run.config);
  const chart = useMemo(() => lossChart('Loss', 'loss', config), [config]);
  const range = METHODS[config.method].lossRange(config);
  return (
    <ChartRow
      part="loss"
      chart={chart}
      {...axis}
      help={range === null ? 'lower: views agree' : `${range[0]}: views agree`.replace('-', '−')}
      value={<span data-testid="metric-loss">{plain(loss, 3)}</span>}
      bound={range === null ? null : `min ${range[0]}`.replace('-', '−')}
    />
  );
}

function StdRow(axis: RowProps) {
  const std = useRun((run) => run.latest.outputStd);
  const level = useRun((run) => run.latest.collapseLevel);
  const spread = useRun((run) => run.baselines?.inverseSqrtD);
  return (
    <ChartRow
      part="std"
      chart={OUTPUT_STD}
      {...axis}
      help="0: one point"
      value={<span data-testid="metric-output-std">{plain(std, 4)}</span>}
      bound={
        <>
          of <span className={classes.later}>{plain(spread, 3)}</span>
          <br />
          collapse{' '}
          <span className={classes.later} data-testid="metric-collapse">
            {plain(level, 2)}
          </span>
        </>
      }
    />
  );
}

function RankRow(axis: RowProps) {
  const rank = useRun((run) => run.latest.effectiveRank);
  const bound = useRun((run) => run.baselines?.rankBound);
  return (
    <ChartRow
      part="rank"
      chart={RANK}
      {...axis}
      help={
        <>
          of z, <span className={classes.second}>backbone</span>
        </>
      }
      value={<span data-testid="metric-effective-rank">{plain(rank, 1)}</span>}
      bound={bound === undefined ? null : `of ${grouped(bound)}`}
    />
  );
}

/** kNN accuracy where there are classes, else view retrieval. */
function AccuracyRow(axis: RowProps) {
  const classCount = useDataset((data) => (data.info?.labels ? data.info.classNames.length : 0));
  const hasKnn = useRun((run) => run.baselines?.knn !== null);
  const knn = useRun((run) => run.latest.knn);
  const probe = useRun((run) => run.latest.onlineProbe);
  const retrieval = useRun((run) => run.latest.viewRetrieval);
  const queries = useRun((run) => run.baselines?.knn?.queries);
  const images = useRun((run) => run.baselines?.viewRetrieval?.images);
  const every = useRun((run) => (run.active?.config ?? run.config).knn.every);
  const value = (
    <>
      <span data-testid="metric-knn">{knn === undefined ? NOT_YET : plain(100 * knn, 1)}</span>
      {knn !== undefined && <span className={classes.unit}>%</span>}
    </>
  );
  if (every === 0)
    return <ChartRow part="accuracy" chart={KNN} {...axis} help="not measured: “kNN every” is 0" value={value} />;
  if (!hasKnn || classCount === 0) {
    return (
      <ChartRow
        part="accuracy"
        chart={RETRIEVAL}
        {...axis}
        help="other view is the nearest"
        value={
          <>
            {retrieval === undefined ? NOT_YET : plain(100 * retrieval, 1)}
            {retrieval !== undefined && <span className={classes.unit}>%{errorWords(retrieval, images)}</span>}
          </>
        }
        bound={
          <>
            kNN <span data-testid="metric-knn">{NOT_YET}</span>, no classes
          </>
        }
      />
    );
  }
  return (
    <ChartRow
      part="accuracy"
      chart={KNN}
      {...axis}
      help={
        <>
          {grouped(classCount)} classes, <span className={classes.second}>linear probe</span>
        </>
      }
      value={value}
      bound={
        <>
          {errorWords(knn, queries)}
          {probe !== undefined && (
            <>
              <br />
              <span className={classes.second}>
                probe <span data-testid="probe-accuracy">{plain(100 * probe, 1)}</span> %
              </span>
            </>
          )}
        </>
      }
    />
  );
}

/** The names of events, above the lines that cross all rows. */
function Events({ end, markers }: { readonly end: number; readonly markers: readonly Marker[] }) {
  const { ref, width } = useElementSize();
  const placed = placeMarkers(markers, end, width).filter(({ line, words }) => line === 0 && words !== null);
  return (
    <div className={classes.events} aria-hidden>
      <div ref={ref} className={classes.over}>
        {placed.map(({ key, step, words, leftwards, warning }) => (
          <span
            key={key}
            className={warning ? classes.warning : classes.event}
            data-leftwards={leftwards || undefined}
            style={leftwards ? { right: `${100 * (1 - step / end)}%` } : { left: `${(100 * step) / end}%` }}
          >
            {words}
          </span>
        ))}
      </div>
    </div>
  );
}

/** The one step axis of all rows. */
function StepAxis({ end, ticks }: { readonly end: number; readonly ticks: readonly number[] }) {
  return (
    <div className={classes.axis} aria-hidden>
      <div className={classes.over}>
        {ticks.map((tick) => (
          <span key={tick} className={classes.tick} style={{ left: `${(100 * tick) / end}%` }}>
            {tick === 0 ? 'step 0' : stepWords(tick)}
          </span>
        ))}
      </div>
    </div>
  );
}

const LOSS = ['loss'] as const;

/** The step axis of all rows, as of the last redraw of one of them. */
function useStepAxis() {
  const { step, markers, lines } = useChart(LOSS);
  return { ...frameOf(OUTPUT_STD, { live: null, others: [] }, step, lines), markers };
}
