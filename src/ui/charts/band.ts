import type { SeriesName } from '../../domain/measurement';
import type { Point, SeriesSet } from '../../session/run/series';

/** The points of a mean over seeds, shifted up and down by one standard deviation. */
export interface Band {
  readonly upper: readonly Point[];
  readonly lower: readonly Point[];
}

/** The band of a curve; null where it is of one run. */
export function bandOf(points: readonly Point[], deviation: SeriesSet | null, series: SeriesName): Band | null {
  if (deviation === null) return null;
  const by = new Map(
    deviation
      .get(series)
      .decimated(Number.POSITIVE_INFINITY)
      .map(({ step, value }) => [step, value]),
  );
  const shifted = (sign: number) =>
    points.map(({ step, value }) => ({ step, value: value + sign * (by.get(step) ?? 0) }));
  return { upper: shifted(1), lower: shifted(-1) };
}
