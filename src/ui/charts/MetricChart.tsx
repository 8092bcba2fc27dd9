import { memo, type ReactNode } from 'react';
import classes from './Charts.module.css';
import { Curve } from './Curve';
import type { ChartDescription } from './chartDescription';
import { SaveMenu } from './SaveMenu';
import type { OverlaidRun } from './useOverlays';

interface MetricChartProps {
  readonly chart: ChartDescription;
  /** The current value, large. */
  readonly value?: ReactNode;
  /** One line of help on how to read it. */
  readonly help: ReactNode;
  /** Whether to draw the run on the page. */
  readonly live?: boolean;
  readonly overlays: readonly OverlaidRun[];
}

/** The chart of a quantity over the steps: its current value, a line of help, its curve and the overlays. */
export const MetricChart = memo(function MetricChart({ chart, value, help, live = true, overlays }: MetricChartProps) {
  return (
    <section className={classes.card} aria-label={chart.title}>
      <div className={classes.words}>
        <div className={classes.head}>
          <h3 className={classes.title}>{chart.title}</h3>
          <div className={classes.current}>{value}</div>
          <SaveMenu chart={chart} live={live} overlays={overlays} />
        </div>
        <p className={classes.help}>{help}</p>
      </div>
      <Curve chart={chart} live={live} overlays={overlays} />
    </section>
  );
});
