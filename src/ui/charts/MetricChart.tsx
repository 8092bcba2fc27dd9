import { useElementSize } from '@mantine/hooks';
import { memo, type ReactNode, useMemo } from 'react';
import { CartesianGrid, Line, LineChart, ReferenceLine, Tooltip, XAxis, YAxis } from 'recharts';
import type { Baselines, SeriesName } from '../../spec/measurement';
import { inWords } from '../numbers';
import classes from './Charts.module.css';
import {
  axisEnd,
  type ChartReference,
  type PlacedMarker,
  placeMarkers,
  ROUND_STEPS,
  roundTicks,
  rowsOf,
  spreadLabels,
  valueDomain,
} from './chartData';
import { useChart } from './useChart';

export interface ChartLine {
  readonly series: SeriesName;
  readonly name: string;
  readonly color: string;
}

export interface ChartDescription {
  readonly title: string;
  readonly lines: readonly ChartLine[];
  /** The value axis spans at least this. */
  readonly least: readonly [number, number];
  readonly decimals: number;
  references(baselines: Baselines): readonly ChartReference[];
}

interface MetricChartProps {
  readonly chart: ChartDescription;
  /** The current value, large. */
  readonly value: ReactNode;
  /** One line that says how to read it. */
  readonly help: ReactNode;
}

const LINE_HEIGHT = 12;
/** Above a reference line there is room for its name, below the words on events. */
const HEADROOM = 1.12;
const NO_REFERENCES: readonly ChartReference[] = [];
const HEIGHT = 164;
const AXIS_HEIGHT = 20;
const AXIS_WIDTH = 42;
/** Above the curve there is room for a line of words on what happened. */
const MARGIN = { top: 16, right: 10, bottom: 0, left: 0 };
const PLOT_HEIGHT = HEIGHT - AXIS_HEIGHT - MARGIN.top;

/** A quantity over the steps: its current value, a line of help, its curve, what it is judged against, and what happened. */
export const MetricChart = memo(function MetricChart({ chart, value, help }: MetricChartProps) {
  return (
    <section className={classes.card} aria-label={chart.title}>
      <div className={classes.head}>
        <h3 className={classes.title}>{chart.title}</h3>
        <div className={classes.current}>{value}</div>
      </div>
      <p className={classes.help}>{help}</p>
      <Curve chart={chart} />
    </section>
  );
});

const Curve = memo(function Curve({ chart }: { readonly chart: ChartDescription }) {
  const { ref, width } = useElementSize();
  const names = useMemo(() => chart.lines.map((line) => line.series), [chart]);
  const { lines, step, markers, baselines } = useChart(names);
  const end = axisEnd(step);
  const references = baselines === null ? NO_REFERENCES : chart.references(baselines);
  const drawn = lines.flatMap((points) => points.map((point) => point.value));
  const placed = placeMarkers(markers, end, width - AXIS_WIDTH - MARGIN.right);
  const domain = valueDomain(chart.least, [...drawn, ...references.map((reference) => reference.value * HEADROOM)]);
  const ticks = roundTicks(domain[0], domain[1], 5);
  return (
    <div ref={ref} className={classes.plot} style={{ height: HEIGHT }}>
      <LineChart
        responsive
        style={{ width: '100%', height: HEIGHT }}
        data={rowsOf(lines)}
        margin={MARGIN}
        title={chart.title}
      >
        <CartesianGrid vertical={false} stroke="var(--lab-line)" />
        <XAxis
          dataKey="step"
          type="number"
          domain={[0, end]}
          ticks={roundTicks(0, end, 5, ROUND_STEPS)}
          allowDataOverflow
          tickFormatter={stepWords}
          height={AXIS_HEIGHT}
          tickLine={false}
          axisLine={{ stroke: 'var(--lab-line)' }}
          tickMargin={4}
        />
        <YAxis
          domain={domain}
          ticks={ticks}
          allowDataOverflow
          width={AXIS_WIDTH}
          tickLine={false}
          axisLine={false}
          tickFormatter={(tick: number) => inWords(tick, decimalsOf(ticks))}
        />
        {spreadLabels(references, domain, PLOT_HEIGHT, LINE_HEIGHT).map(({ name, value, shift }) => (
          <ReferenceLine
            key={name}
            y={value}
            stroke="var(--lab-reference)"
            strokeDasharray="4 3"
            label={{ value: name, position: 'insideBottomRight', className: classes.reference, offset: 3, dy: -shift }}
          />
        ))}
        {placed.map((marker) => (
          <ReferenceLine
            key={marker.key}
            x={marker.step}
            stroke={marker.warning ? 'var(--lab-warning)' : 'var(--lab-line-strong)'}
            strokeDasharray="2 2"
            label={(props: { viewBox?: unknown }) => <MarkerWords marker={marker} viewBox={props.viewBox} />}
          />
        ))}
        {chart.lines.map((line, i) => (
          <Line
            key={line.series}
            dataKey={`v${i}`}
            name={line.name}
            stroke={line.color}
            strokeWidth={1.6}
            type="linear"
            dot={drawn.length <= 3 ? { r: 2, fill: line.color } : false}
            activeDot={{ r: 3 }}
            connectNulls
            isAnimationActive={false}
          />
        ))}
        <Tooltip
          isAnimationActive={false}
          cursor={{ stroke: 'var(--lab-line-strong)' }}
          content={({ active, label, payload }) =>
            active ? <Reading step={Number(label)} items={payload} decimals={chart.decimals} /> : null
          }
        />
      </LineChart>
    </div>
  );
});

interface ReadingProps {
  readonly step: number;
  readonly items: readonly { readonly name?: string | number; readonly value?: unknown }[];
  readonly decimals: number;
}

/** The values under the pointer. */
function Reading({ step, items, decimals }: ReadingProps) {
  return (
    <div className={classes.tooltip}>
      step {step}
      {items.map(({ name, value }) =>
        typeof value === 'number' ? (
          <div key={name}>
            {name}: <b>{inWords(value, decimals)}</b>
          </div>
        ) : null,
      )}
    </div>
  );
}

/** 5000, 20k, 1.5M: short enough to stand side by side. */
function stepWords(step: number): string {
  if (step < 10_000) return String(step);
  return step < 1_000_000 ? `${step / 1000}k` : `${step / 1_000_000}M`;
}

/** As many decimals as tell the ticks apart. */
function decimalsOf(ticks: readonly number[]): number {
  return Math.max(0, ...ticks.map((tick) => String(tick).split('.')[1]?.length ?? 0));
}

function MarkerWords({ marker, viewBox }: { readonly marker: PlacedMarker; readonly viewBox: unknown }) {
  if (marker.words === null || typeof viewBox !== 'object' || viewBox === null) return null;
  if (!('x' in viewBox) || !('y' in viewBox) || typeof viewBox.x !== 'number' || typeof viewBox.y !== 'number')
    return null;
  return (
    <text
      className={marker.warning ? classes.warning : classes.event}
      x={viewBox.x + (marker.leftwards ? -4 : 4)}
      y={viewBox.y - 5 + marker.line * LINE_HEIGHT}
      textAnchor={marker.leftwards ? 'end' : 'start'}
    >
      {marker.words}
    </text>
  );
}
