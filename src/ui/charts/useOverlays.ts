import { useMemo } from 'react';
import type { SeriesName } from '../../domain/measurement';
import type { Point, SeriesSet } from '../../session/run/series';
import type { RunRecord } from '../../storage/runRecord';
import { useArchive } from '../lab';
import { useRunNames } from '../runs/useRunNames';
import { type Band, bandOf } from './band';
import { type LineStyle, overlayStyle } from './lineStyles';

/** Maximum number of points per line; a chart on the screen cannot show more. */
export const MAX_POINTS = 400;

/** A kept run that is laid over the charts. */
export interface OverlaidRun {
  readonly run: RunRecord;
  readonly name: string;
  readonly style: LineStyle;
  readonly series: SeriesSet;
  /** Standard deviation at each step, where the curves are means over several seeds; else null. */
  readonly deviation: SeriesSet | null;
}

/** The kept runs that are laid over the charts, by slot. The array stays the same object until they change. */
export function useOverlays(): readonly OverlaidRun[] {
  const overlays = useArchive((archive) => archive.overlays);
  const runs = useArchive((archive) => archive.runs);
  const nameOf = useRunNames();
  return useMemo(
    () =>
      overlays.flatMap(({ id, slot, series, mean }) => {
        const run = runs.find((run) => run.id === id);
        if (run === undefined) return [];
        const name = mean?.name ?? nameOf(run);
        return [{ run, name, style: overlayStyle(slot), series, deviation: mean?.deviation ?? null }];
      }),
    [overlays, runs, nameOf],
  );
}

export interface OverlayCurve extends OverlaidRun {
  readonly points: readonly Point[];
  /** The points at one standard deviation above and below, where the curve is a mean; else null. */
  readonly band: Band | null;
}

/** The overlaid curves of one chart; runs without a point of that series are left out. */
export function useOverlayCurves(overlays: readonly OverlaidRun[], series: SeriesName): readonly OverlayCurve[] {
  return useMemo(
    () =>
      overlays
        .map((overlay) => {
          const points = overlay.series.get(series).decimated(MAX_POINTS);
          return { ...overlay, points, band: bandOf(points, overlay.deviation, series) };
        })
        .filter(({ points }) => points.length > 0),
    [overlays, series],
  );
}
