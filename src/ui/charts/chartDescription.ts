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
  /** Of the run on the page. */
  readonly live: Baselines | null;
  /** Of the runs laid over it. */
  readonly others: readonly Baselines[];
}

export interface ChartDescription {
  readonly title: string;
  /** The quantity and its unit, beside the value axis of a saved picture. */
  readonly axis: string;
  /** The first line is the one that other runs are laid over. */
  readonly lines: readonly [ChartLine, ...ChartLine[]];
  /** The value axis spans at least this. */
  readonly least: readonly [number, number];
  readonly decimals: number;
  references(baselines: DrawnBaselines): readonly ChartReference[];
}
