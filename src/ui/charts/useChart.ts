import { useEffect, useState } from 'react';
import type { Baselines, Marker, SeriesName } from '../../domain/measurement';
import type { Point } from '../../session/run/series';
import { useLab } from '../lab';
import { MAX_POINTS } from './useOverlays';

/** The data of the run on the page that a chart draws, as of its last redraw. */
export interface ChartSnapshot {
  readonly lines: readonly (readonly Point[])[];
  readonly step: number;
  readonly markers: readonly Marker[];
  readonly baselines: Baselines | null;
}

const NOTHING: ChartSnapshot = { lines: [], step: 0, markers: [], baselines: null };

/** The data of a chart that does not draw the run on the page. */
export const NO_LIVE: readonly SeriesName[] = [];

/** The current points of some series, refreshed when the chart clock redraws this chart; without names, no points. */
export function useChart(names: readonly SeriesName[]): ChartSnapshot {
  const { clock, series, runStore } = useLab();
  const [snapshot, setSnapshot] = useState(NOTHING);
  useEffect(() => {
    if (names.length === 0) {
      setSnapshot(NOTHING);
      return;
    }
    const redraw = () => {
      const { step, markers, baselines } = runStore.getState();
      setSnapshot({ lines: names.map((name) => series.get(name).decimated(MAX_POINTS)), step, markers, baselines });
    };
    redraw();
    return clock.subscribe(redraw);
  }, [clock, series, runStore, names]);
  return snapshot;
}
