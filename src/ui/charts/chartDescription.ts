import type { Baselines, SeriesName } from '../../domain/measurement';
import type { ChartReference } from './chartData';

/** A line of the run on the page: its first or its second colour. */
export interface ChartLine {
  readonly series: SeriesName;
  readonly name: string;
  readonly tone: 'main' | 'second';
}

/** The baselines, measured once per run, of the runs whose curves are drawn. */
export interface DrawnBaselines {
  /** Baselines of the run on the page. */
  readonly live: Baselines | null;
  /** Baselines of the overlaid runs. */
  readonly others: readonly Baselines[];
}

export interface ChartDescription {
  readonly title: string;
  /** The quantity and its unit, beside the value axis of a saved picture. */
  readonly axis: string;
  /** The lines; kept runs are drawn only for the first one. */
  readonly lines: readonly [ChartLine, ...ChartLine[]];
  /** The smallest range of the value axis. */
  readonly least: readonly [number, number];
  readonly decimals: number;
  references(baselines: DrawnBaselines): readonly ChartReference[];
}
