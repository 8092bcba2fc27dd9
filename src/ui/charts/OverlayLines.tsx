import { memo } from 'react';
import { useXAxisScale, useYAxisScale } from 'recharts';
import type { Point } from '../../session/run/series';
import { isWarning, markerWords } from '../../session/run/words';
import classes from './Charts.module.css';
import { valueAt } from './chartFrame';
import type { OverlayCurve } from './useOverlays';

/**
 * The curves of kept runs, below the live one, with a dot at each event marker. Plain paths that are redrawn only when an axis changes:
 * kept runs never change, while the chart below them is redrawn ten times a second.
 */
export function OverlayLines({ curves }: { readonly curves: readonly OverlayCurve[] }) {
  const x = useXAxisScale();
  const y = useYAxisScale();
  if (x === undefined || y === undefined) return null;
  // Both scales are linear, so two points determine each of them.
  const [x0 = 0, x1 = 0, y0 = 0, y1 = 0] = [x(0), x(1), y(0), y(1)];
  return curves.map((curve) => (
    <OverlayLine key={curve.run.id} curve={curve} x0={x0} perStep={x1 - x0} y0={y0} perUnit={y1 - y0} />
  ));
}

interface OverlayLineProps {
  readonly curve: OverlayCurve;
  /** Position of step 0 in pixels, and pixels per step. */
  readonly x0: number;
  readonly perStep: number;
  /** Position of value 0 in pixels, and pixels per unit. */
  readonly y0: number;
  readonly perUnit: number;
}

const OverlayLine = memo(function OverlayLine({ curve, x0, perStep, y0, perUnit }: OverlayLineProps) {
  const { points, style, run, name, band } = curve;
  const at = (step: number, value: number) => ({ x: x0 + step * perStep, y: y0 + value * perUnit });
  const through = (some: readonly Point[]) =>
    some
      .map(({ step, value }) => at(step, value))
      .map(({ x, y }) => `${x.toFixed(1)} ${y.toFixed(1)}`)
      .join('L');
  const color = `var(${style.property})`;
  return (
    <g className={classes.overlay}>
      <title>{name}</title>
      {band !== null && (
        <path
          data-band
          d={`M${through(band.upper)}L${through([...band.lower].reverse())}Z`}
          fill={color}
          fillOpacity={0.16}
          stroke="none"
        />
      )}
      <path d={`M${through(points)}`} fill="none" stroke={color} strokeWidth={1.5} strokeDasharray={style.dash} />
      {run.markers.map((marker) => {
        const value = valueAt(points, marker.step);
        if (value === undefined) return null;
        const { x, y } = at(marker.step, value);
        const words = markerWords(marker);
        return (
          <circle
            key={`${marker.step} ${words}`}
            className={classes.happened}
            cx={x}
            cy={y}
            r={3}
            stroke={isWarning(marker) ? 'var(--lab-warning)' : color}
          >
            <title>{`${name}: ${words} at step ${marker.step}`}</title>
          </circle>
        );
      })}
    </g>
  );
});
