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

/** Where the step axis ends: a little past the last step, in jumps, so that it does not move with every step. */
export function axisEnd(step: number): number {
  if (step <= 10) return 10;
  const unit = 10 ** Math.floor(Math.log10(step)) / 5;
  return Math.ceil(step / unit) * unit;
}

const ROUND = [1, 2, 2.5, 5, 10];
/** For steps, which are whole numbers. */
export const ROUND_STEPS = [1, 2, 5, 10];

/** At most `count` multiples of a round number between `from` and `to`; `round` lists what counts as round in a power of ten. */
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

/** The value axis: at least `least`, wider where the data or the reference lines are, ending on round numbers. */
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

/** Average width of a letter of the words on a chart, in pixels. */
const LETTER_WIDTH = 5.6;
const LABEL_LINES = 3;

export interface PlacedMarker {
  readonly key: string;
  readonly step: number;
  /** null where there is no room: its line is drawn, its words are in the event log. */
  readonly words: string | null;
  /** 0 is the top line. */
  readonly line: number;
  /** Whether the words stand to the left of the line: there is no room to the right. */
  readonly leftwards: boolean;
  readonly warning: boolean;
}

/**
 * Where each marker's words stand on a step axis that ends at `end` and is `width` pixels wide: those that would cover others go
 * a line down, and the latest have precedence.
 */
export function placeMarkers(markers: readonly Marker[], end: number, width: number): PlacedMarker[] {
  const taken: { line: number; from: number; to: number }[] = [];
  const placed = markers.map((marker, i) => ({ marker, key: `${i} ${marker.step} ${markerWords(marker)}` })).reverse();
  return placed
    .map(({ marker, key }) => {
      const at = marker.step / end;
      const leftwards = at > 0.5;
      // Words may cover other marker lines: the arrowhead points to their own line.
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
 * The references from the lowest up, each with the pixels by which its words must be moved up so as not to cover those below it.
 * `height` is that of the plot, `line` that of the words, in pixels.
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
