import { fieldOf, valueLabel } from '../../domain/fields';
import type { RunConfig } from '../../domain/runConfig';
import type { Cell } from '../../formats/csv';
import { runName } from '../../session/archive/describeRun';
import type { Lab } from '../../session/lab';
import type { Point, SeriesSet } from '../../session/run/series';
import { bandOf } from './band';
import type { ChartDescription } from './chartDescription';
import { frameOf } from './chartFrame';
import type { Figure, FigureLine } from './figure';
import { LIVE_STYLES } from './lineStyles';
import type { OverlaidRun } from './useOverlays';

/** Maximum number of points of a line in a saved picture: its width in pixels. */
const FIGURE_POINTS = 1400;

/** The contents of a chart that can be saved. */
export interface ChartContents {
  readonly chart: ChartDescription;
  /** Whether to draw the run on the page. */
  readonly live: boolean;
  readonly overlays: readonly OverlaidRun[];
}

interface SavedLine extends Omit<FigureLine, 'points' | 'band'> {
  readonly series: SeriesSet;
  /** Standard deviation, where the line is a mean over seeds; else null. */
  readonly deviation: SeriesSet | null;
  readonly of: ChartDescription['lines'][number]['series'];
}

function datasetWords({ dataset, preset }: RunConfig, datasetName: string | undefined): string {
  return `${datasetName ?? valueLabel(fieldOf('dataset'), dataset)} · preset ${preset}`;
}

/** The name of the run on the page; before its first step the archive has no record of it. */
function liveName(lab: Lab): string {
  const run = lab.archive.current();
  return run === null ? 'this run' : runName(run);
}

function linesOf(lab: Lab, { chart, live, overlays }: ChartContents): SavedLine[] {
  const [first] = chart.lines;
  const name = liveName(lab);
  const own = chart.lines.map((line) => ({
    name: chart.lines.length > 1 ? `${name}, ${line.name}` : name,
    style: LIVE_STYLES[line.tone],
    live: true,
    series: lab.series,
    deviation: null,
    of: line.series,
  }));
  const others = overlays.map(({ name, style, series, deviation }) => ({
    name,
    style,
    live: false,
    series,
    deviation,
    of: first.series,
  }));
  return [...(live ? own : []), ...others].filter(({ series, of }) => series.get(of).length > 0);
}

/** The chart as a picture. */
export function figureOf(lab: Lab, contents: ChartContents): Figure {
  const { chart, live, overlays } = contents;
  const { active, config, step, markers, baselines } = lab.runStore.getState();
  const lines = linesOf(lab, contents).map(({ series, deviation, of, ...line }) => {
    const points = series.get(of).decimated(FIGURE_POINTS);
    return { ...line, points, band: bandOf(points, deviation, of) };
  });
  const others = overlays.flatMap(({ run }) => run.baselines ?? []);
  const [firstOther] = overlays;
  const subtitle =
    live || firstOther === undefined
      ? datasetWords(active?.config ?? config, lab.datasetStore.getState().info?.name)
      : datasetWords(firstOther.run.config, firstOther.run.dataset.name);
  return {
    title: chart.title,
    subtitle,
    axis: chart.axis,
    frame: frameOf(
      chart,
      { live: live ? baselines : null, others },
      Math.max(live ? step : 0, ...overlays.map(({ run }) => run.steps)),
      lines.map(({ points }) => points),
    ),
    lines,
    markers: live ? markers : [],
  };
}

/** All points of the chart: a row for each step, a column for each line. */
export function tableOf(lab: Lab, contents: ChartContents): Cell[][] {
  const lines = linesOf(lab, contents);
  const rows = new Map<number, Cell[]>();
  lines.forEach(({ series, of }, column) => {
    for (const { step, value } of allPoints(series, of)) {
      const row = rows.get(step) ?? new Array<Cell>(lines.length).fill(undefined);
      row[column] = value;
      rows.set(step, row);
    }
  });
  const body = [...rows].sort(([a], [b]) => a - b).map(([step, values]) => [step, ...values]);
  return [['step', ...lines.map(({ name, live }) => (live ? name : `${name} (kept)`))], ...body];
}

function allPoints(series: SeriesSet, of: SavedLine['of']): readonly Point[] {
  return series.get(of).decimated(Number.POSITIVE_INFINITY);
}
