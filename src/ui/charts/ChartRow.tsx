import { memo, type ReactNode, useMemo } from 'react';
import { Line, LineChart, ReferenceLine, XAxis, YAxis } from 'recharts';
import type { LessonTarget } from '../../domain/lessons/targets';
import { markerWords } from '../../session/run/words';
import classes from './ChartRows.module.css';
import { rowsOf, spreadLabels } from './chartData';
import type { ChartDescription } from './chartDescription';
import { frameOf } from './chartFrame';
import { LIVE_STYLES } from './lineStyles';
import { useChart } from './useChart';

/** Height of a row's plot in pixels, and of a line of its labels. */
const HEIGHT = 42;
const LABEL = 11;
const MARGIN = { top: 3, right: 6, bottom: 3, left: 0 };
const NO_OTHERS = { others: [] } as const;

interface ChartRowProps {
  /** What a lesson calls it (`data-part`). */
  readonly part: LessonTarget;
  readonly chart: ChartDescription;
  /** What the extremes mean, below the title. */
  readonly help: ReactNode;
  /** The current value, large, with what it is compared to. */
  readonly value: ReactNode;
  readonly bound?: ReactNode;
  /** The step of the frame that is replayed; null while the present is shown. */
  readonly cursor: number | null;
  /** The end of the step axis, the same for all rows. */
  readonly end: number;
}

/** One quantity over the steps: its name, its curve with reference lines and events, and its value. */
export const ChartRow = memo(function ChartRow({ part, chart, help, value, bound, cursor, end }: ChartRowProps) {
  const names = useMemo(() => chart.lines.map((line) => line.series), [chart]);
  const { lines, step, markers, baselines } = useChart(names);
  const { domain, references } = frameOf(chart, { live: baselines, ...NO_OTHERS }, step, lines);
  const plot = HEIGHT - MARGIN.top - MARGIN.bottom;
  const [low, high] = domain;
  const points = lines.reduce((count, line) => count + line.length, 0);
  return (
    <section className={classes.row} aria-label={chart.title} data-part={part}>
      <div className={classes.words}>
        <h3 className={classes.title}>{chart.title}</h3>
        <p className={classes.help}>{help}</p>
      </div>
      <div className={classes.plot}>
        {spreadLabels(references, domain, plot, LABEL).map(({ name, value: at, shift }) => (
          <span
            key={name}
            className={classes.reference}
            style={{ bottom: MARGIN.bottom + ((at - low) / (high - low)) * plot + shift - LABEL / 2 }}
          >
            {name}
          </span>
        ))}
        <div className={classes.curve}>
          <LineChart
            responsive
            style={{ width: '100%', height: HEIGHT }}
            data={rowsOf(lines)}
            margin={MARGIN}
            title={chart.title}
          >
            <XAxis hide dataKey="step" type="number" domain={[0, end]} allowDataOverflow />
            <YAxis hide domain={domain} allowDataOverflow />
            {references.map(({ name, value: at }) => (
              <ReferenceLine key={name} y={at} stroke="var(--lab-line-strong)" strokeDasharray="4 3" />
            ))}
            {markers.map((marker) => (
              <ReferenceLine
                key={`${marker.kind} ${marker.step} ${markerWords(marker)}`}
                x={marker.step}
                stroke={marker.kind === 'diagnosis' ? 'var(--lab-warning)' : 'var(--lab-line-strong)'}
                strokeDasharray="2 2"
              />
            ))}
            {cursor !== null && <ReferenceLine x={cursor} stroke="var(--lab-ink)" />}
            {chart.lines.map((line, i) => (
              <Line
                key={line.series}
                dataKey={`v${i}`}
                name={line.name}
                stroke={`var(${LIVE_STYLES[line.tone].property})`}
                strokeWidth={1.6}
                type="linear"
                dot={points <= 3 ? { r: 2 } : false}
                activeDot={false}
                connectNulls
                isAnimationActive={false}
              />
            ))}
          </LineChart>
        </div>
      </div>
      <div className={classes.numbers}>
        <span className={classes.value}>{value}</span>
        <span className={classes.bound}>{bound}</span>
      </div>
    </section>
  );
});
