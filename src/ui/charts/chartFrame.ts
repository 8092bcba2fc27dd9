import type { Point } from '../../session/run/series';
import { inWords } from '../numbers';
import { axisEnd, type ChartReference, ROUND_STEPS, roundTicks, valueDomain } from './chartData';
import type { ChartDescription, DrawnBaselines } from './chartDescription';

/** Room above a reference line for its name, below the labels of the event markers. */
const HEADROOM = 1.12;
const TICKS = 5;

/** The axes and reference lines of a chart. */
export interface ChartFrame {
  /** The end of the step axis, which begins at 0. */
  readonly end: number;
  readonly stepTicks: readonly number[];
  readonly domain: readonly [low: number, high: number];
  readonly valueTicks: readonly number[];
  readonly references: readonly ChartReference[];
}

/** The frame for all `curves`, whose step axis reaches at least to `step`. */
export function frameOf(
  chart: ChartDescription,
  baselines: DrawnBaselines,
  step: number,
  curves: readonly (readonly Point[])[],
): ChartFrame {
  const { live, others } = baselines;
  const references = live === null && others.length === 0 ? [] : chart.references(baselines);
  const end = axisEnd(Math.max(step, ...curves.map((points) => points.at(-1)?.step ?? 0)));
  const values = curves.flatMap((points) => points.map((point) => point.value));
  const domain = valueDomain(chart.least, [...values, ...references.map(({ value }) => value * HEADROOM)]);
  return {
    end,
    stepTicks: roundTicks(0, end, TICKS, ROUND_STEPS),
    domain,
    valueTicks: roundTicks(domain[0], domain[1], TICKS),
    references,
  };
}

/** A step as a short tick label: 5000, 20k, 1.5M. */
export function stepWords(step: number): string {
  if (step < 10_000) return String(step);
  return step < 1_000_000 ? `${step / 1000}k` : `${step / 1_000_000}M`;
}

/** A tick of the value axis, with enough decimals to distinguish the ticks. */
export function tickWords(tick: number, ticks: readonly number[]): string {
  const decimals = Math.max(0, ...ticks.map((other) => String(other).split('.')[1]?.length ?? 0));
  return inWords(tick, decimals);
}

/** The value of a curve at a step: that of its last point up to the step. undefined before its first point and after its last. */
export function valueAt(points: readonly Point[], step: number): number | undefined {
  if (step > (points.at(-1)?.step ?? -1)) return undefined;
  return points.findLast((point) => point.step <= step)?.value;
}
