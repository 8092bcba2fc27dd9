import { useElementSize } from '@mantine/hooks';
import { memo, useMemo } from 'react';
import { CartesianGrid, Line, LineChart, ReferenceLine, Tooltip, XAxis, YAxis } from 'recharts';
import { inWords } from '../numbers';
import classes from './Charts.module.css';
import { type PlacedMarker, placeMarkers, rowsOf, spreadLabels } from './chartData';
import type { ChartDescription } from './chartDescription';
import { frameOf, stepWords, tickWords, valueAt } from './chartFrame';
import { LineSample } from './LineSample';
import { LIVE_STYLES } from './lineStyles';
import { OverlayLines } from './OverlayLines';
import { NO_LIVE, useChart } from './useChart';
import { type OverlaidRun, type OverlayCurve, useOverlayCurves } from './useOverlays';

const LINE_HEIGHT = 12;
const HEIGHT = 164;
const AXIS_HEIGHT = 20;
const AXIS_WIDTH = 42;
/** Space above the curve for the labels of the event markers. */
const MARGIN = { top: 16, right: 10, bottom: 0, left: 0 };
const PLOT_HEIGHT = HEIGHT - AXIS_HEIGHT - MARGIN.top;
/** Stroke widths of the live line: alone, and with overlays. */
const [ALONE, AMONG_OTHERS] = [1.6, 2.2];

interface CurveProps {
  readonly chart: ChartDescription;
  /** Whether to draw the run on the page. */
  readonly live: boolean;
  readonly overlays: readonly OverlaidRun[];
}

/** The curve of the run on the page, the curves of kept runs below it, reference lines, and event markers. */
export const Curve = memo(function Curve({ chart, live, overlays }: CurveProps) {
  const { ref, width } = useElementSize();
  const names = useMemo(() => (live ? chart.lines.map((line) => line.series) : NO_LIVE), [chart, live]);
  const { lines, step, markers, baselines } = useChart(names);
  const curves = useOverlayCurves(overlays, chart.lines[0].series);
  const others = useMemo(() => overlays.flatMap(({ run }) => run.baselines ?? []), [overlays]);
  // The current step, not the last point, so that all charts end at the same step.
  const farthest = Math.max(step, ...overlays.map(({ run }) => run.steps));
  const { end, stepTicks, domain, valueTicks, references } = frameOf(chart, { live: baselines, others }, farthest, [
    ...lines,
    ...curves.map(({ points }) => points),
  ]);
  const placed = placeMarkers(markers, end, width - AXIS_WIDTH - MARGIN.right);
  const few = lines.reduce((count, points) => count + points.length, 0) <= 3;
  return (
    <div ref={ref} className={classes.plot} style={{ height: HEIGHT }}>
      <LineChart
        responsive
        style={{ width: '100%', height: HEIGHT }}
        data={withLaterSteps(rowsOf(lines), curves)}
        margin={MARGIN}
        title={chart.title}
      >
        <CartesianGrid vertical={false} stroke="var(--lab-line)" />
        <XAxis
          dataKey="step"
          type="number"
          domain={[0, end]}
          ticks={stepTicks}
          allowDataOverflow
          tickFormatter={stepWords}
          height={AXIS_HEIGHT}
          tickLine={false}
          axisLine={{ stroke: 'var(--lab-line)' }}
          tickMargin={4}
        />
        <YAxis
          domain={domain}
          ticks={valueTicks}
          allowDataOverflow
          width={AXIS_WIDTH}
          tickLine={false}
          axisLine={false}
          tickFormatter={(tick: number) => tickWords(tick, valueTicks)}
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
        <OverlayLines curves={curves} />
        {live &&
          chart.lines.map((line, i) => {
            const color = `var(${LIVE_STYLES[line.tone].property})`;
            return (
              <Line
                key={line.series}
                dataKey={`v${i}`}
                name={line.name}
                stroke={color}
                strokeWidth={curves.length > 0 ? AMONG_OTHERS : ALONE}
                type="linear"
                dot={few ? { r: 2, fill: color } : false}
                activeDot={{ r: 3 }}
                connectNulls
                isAnimationActive={false}
              />
            );
          })}
        {!live && <Line dataKey="step" stroke="none" dot={false} activeDot={false} isAnimationActive={false} />}
        <Tooltip
          isAnimationActive={false}
          // Recharts shows no tooltip where only overlays have a value; this and the invisible line above make it appear there, too.
          filterNull={false}
          cursor={{ stroke: 'var(--lab-line-strong)' }}
          wrapperStyle={{ zIndex: 20 }}
          content={({ active, label, payload }) =>
            active ? (
              <Reading step={Number(label)} items={live ? payload : []} curves={curves} decimals={chart.decimals} />
            ) : null
          }
        />
      </LineChart>
    </div>
  );
});

/** Adds rows for steps that only the overlays have, so that the tooltip works there. */
function withLaterSteps(rows: ReturnType<typeof rowsOf>, curves: readonly OverlayCurve[]): ReturnType<typeof rowsOf> {
  const last = rows.at(-1)?.step ?? -1;
  const later = curves.flatMap(({ points }) => points.filter(({ step }) => step > last).map(({ step }) => step));
  return [...rows, ...[...new Set(later)].sort((a, b) => a - b).map((step) => ({ step }))];
}

interface ReadingProps {
  readonly step: number;
  readonly items: readonly { readonly name?: string | number; readonly value?: unknown }[];
  readonly curves: readonly OverlayCurve[];
  readonly decimals: number;
}

/** The values under the pointer. */
function Reading({ step, items, curves, decimals }: ReadingProps) {
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
      {curves.map(({ run, name, style, points }) => {
        const value = valueAt(points, step);
        return value === undefined ? null : (
          <div key={run.id} className={classes.other}>
            <LineSample style={style} />
            <span className={classes.otherName}>{name}</span> <b>{inWords(value, decimals)}</b>
          </div>
        );
      })}
    </div>
  );
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
