import type { Bar } from './bars';
import classes from './Values.module.css';

interface BarChartProps {
  readonly bars: readonly Bar[];
  /** The text alternative. */
  readonly label: string;
  readonly isWarning: boolean;
  /** A dashed line at a height in [0, 1]. */
  readonly line?: { readonly height: number; readonly name: string };
}

/** Bars on a fixed scale from 0 to 1. */
export function BarChart({ bars, label, isWarning, line }: BarChartProps) {
  return (
    <div className={classes.chart}>
      <svg
        className={classes.bars}
        data-warning={isWarning || undefined}
        viewBox="0 0 1 1"
        preserveAspectRatio="none"
        role="img"
        aria-label={label}
      >
        {bars.map(({ x, width, height }) => (
          <rect key={x} x={x} y={1 - height} width={width} height={height} />
        ))}
        {line !== undefined && (
          <line x1={0} x2={1} y1={1 - line.height} y2={1 - line.height} vectorEffect="non-scaling-stroke" />
        )}
      </svg>
      {line !== undefined && (
        <span className={classes.lineName} style={{ bottom: `${100 * line.height}%` }} aria-hidden>
          {line.name}
        </span>
      )}
    </div>
  );
}
