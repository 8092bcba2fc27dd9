import { useMemo } from 'react';
import type { SeriesName } from '../../domain/measurement';
import { runName } from '../../session/archive/describeRun';
import type { Point, SeriesSet } from '../../session/run/series';
import type { RunRecord } from '../../storage/runRecord';
import { useArchive } from '../lab';
import { type LineStyle, overlayStyle } from './lineStyles';

/** Maximum number of points per line; a chart on the screen cannot show more. */
export const MAX_POINTS = 400;

/** A kept run that is laid over the charts. */
export interface OverlaidRun {
  readonly run: RunRecord;
  readonly name: string;
  readonly style: LineStyle;
  readonly series: SeriesSet;
}

/** The kept runs that are laid over the charts, by slot. The array stays the same object until they change. */
export function useOverlays(): readonly OverlaidRun[] {
  const overlays = useArchive((archive) => archive.overlays);
  const runs = useArchive((archive) => archive.runs);
  return useMemo(
    () =>
      overlays.flatMap(({ id, slot, series }) => {
        const run = runs.find((run) => run.id === id);
        return run === undefined ? [] : [{ run, name: runName(run), style: overlayStyle(slot), series }];
      }),
    [overlays, runs],
  );
}

export interface OverlayCurve extends OverlaidRun {
  readonly points: readonly Point[];
}

/** The overlaid curves of one chart; runs without a point of that series are left out. */
export function useOverlayCurves(overlays: readonly OverlaidRun[], series: SeriesName): readonly OverlayCurve[] {
  return useMemo(
    () =>
      overlays
        .map((overlay) => ({ ...overlay, points: overlay.series.get(series).decimated(MAX_POINTS) }))
        .filter(({ points }) => points.length > 0),
    [overlays, series],
  );
}
