import type { Marker } from '../../domain/measurement';
import type { Point } from '../../session/run/series';
import { isWarning, markerWords } from '../../session/run/words';

/** One step of a chart with the values of its lines, by position. */
export interface Row {
  readonly step: number;
  readonly [line: `v${number}`]: number | undefined;
}

/** The lines' points as rows by step; a line that was not measured at a step has no value there. */
export function rowsOf(lines: readonly (readonly Point[])[]): Row[] {
  const rows = new Map<number, { step: number; [line: `v${number}`]: number }>();
  lines.forEach((points, i) => {
    for (const { step, value } of points) {
      const row = rows.get(step) ?? { step };
      row[`v${i}`] = value;
      rows.set(step, row);
    }
  });
  return [...rows.values()].sort((a, b) => a.step - b.step);
}

/** The end of the step axis: a little past the last step, in increments, so that the axis does not change with every step. */
export function axisEnd(step: number): number {
  if (step <= 10) return 10;
  const unit = 10 ** Math.floor(Math.log10(step)) / 5;
  return Math.ceil(step / unit) * unit;
}

const ROUND = [1, 2, 2.5, 5, 10];
/** Round factors for steps, which are integers. */
export const ROUND_STEPS = [1, 2, 5, 10];

/** At most `count` multiples of a round number between `from` and `to`; `round` lists the factors of a power of ten that are round. */
export function roundTicks(from: number, to: number, count: number, round: readonly number[] = ROUND): number[] {
  const span = to - from;
  if (!(span > 0)) return [from];
  const rough = span / Math.max(1, count - 1);
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = (round.find((factor) => factor * power >= rough * 0.999) ?? 10) * power;
  const ticks: number[] = [];
  for (let i = Math.ceil(from / step - 1e-9); i * step <= to + step * 1e-9; i++)
    ticks.push(Number((i * step).toPrecision(12)));
  return ticks;
}

/** The range of the value axis: `least`, extended to the data and the reference lines, and rounded to ticks. */
export function valueDomain(least: readonly [number, number], values: readonly number[]): [number, number] {
  let [low, high] = least;
  for (const value of values) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  const rough = (high - low) / 4 || 1;
  const power = 10 ** Math.floor(Math.log10(rough));
  const unit = power * (rough / power > 5 ? 10 : rough / power > 2 ? 5 : rough / power > 1 ? 2 : 1) * 0.5;
  return [
    low === least[0] ? low : Math.floor(low / unit + 1e-9) * unit,
    high === least[1] ? high : Math.ceil(high / unit - 1e-9) * unit,
  ];
}

/** Average width of a letter of a marker's label, in pixels. */
const LETTER_WIDTH = 5.6;
const LABEL_LINES = 3;

export interface PlacedMarker {
  readonly key: string;
  readonly step: number;
  /** null where there is no room for the label: only the line is drawn, and the event log has the text. */
  readonly words: string | null;
  /** Row of the label; 0 is the top row. */
  readonly line: number;
  /** Whether the label is to the left of the line, because there is no room to the right. */
  readonly leftwards: boolean;
  readonly warning: boolean;
}

/**
 * The positions of the markers' labels on a step axis that ends at `end` and is `width` pixels wide: a label that would cover another
 * one is moved down a row, and later markers take precedence.
 */
export function placeMarkers(markers: readonly Marker[], end: number, width: number): PlacedMarker[] {
  const taken: { line: number; from: number; to: number }[] = [];
  const placed = markers.map((marker, i) => ({ marker, key: `${i} ${marker.step} ${markerWords(marker)}` })).reverse();
  return placed
    .map(({ marker, key }) => {
      const at = marker.step / end;
      const leftwards = at > 0.5;
      // A label may cover the lines of other markers: its arrowhead points to its own line.
      const text = leftwards ? `${markerWords(marker)} ▸` : `◂ ${markerWords(marker)}`;
      const share = (text.length * LETTER_WIDTH) / Math.max(1, width);
      const from = leftwards ? at - share : at;
      const to = leftwards ? at : at + share;
      let line = 0;
      while (taken.some((other) => other.line === line && other.from < to && from < other.to)) line += 1;
      const fits = line < LABEL_LINES;
      if (fits) taken.push({ line, from, to });
      const words = fits ? text : null;
      return { key, step: marker.step, words, line, leftwards, warning: isWarning(marker) };
    })
    .reverse();
}

/** A reference value that a chart shows as a line, e.g. 1/√d. */
export interface ChartReference {
  readonly name: string;
  readonly value: number;
}

/**
 * The references from the lowest up, each with the pixels by which its label is moved up so that it does not cover the one below.
 * `height` is the height of the plot and `line` that of a label, in pixels.
 */
export function spreadLabels(
  references: readonly ChartReference[],
  [low, high]: readonly [number, number],
  height: number,
  line: number,
): (ChartReference & { readonly shift: number })[] {
  let free = Number.NEGATIVE_INFINITY;
  return [...references]
    .sort((a, b) => a.value - b.value)
    .map((reference) => {
      const at = ((reference.value - low) / (high - low)) * height;
      const shift = Math.max(0, free - at);
      free = at + shift + line;
      return { ...reference, shift };
    });
}
