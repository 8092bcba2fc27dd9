import { useEffect, useState } from 'react';
import type { Point } from '../../session/series';
import type { Baselines, Marker, SeriesName } from '../../spec/measurement';
import { useLab } from '../lab';

/** Points of one line at most: more than a screen shows in its width. */
const MAX_POINTS = 400;

/** What a chart draws, as of its last redraw. */
export interface ChartSnapshot {
  readonly lines: readonly (readonly Point[])[];
  readonly step: number;
  readonly markers: readonly Marker[];
  readonly baselines: Baselines | null;
}

const NOTHING: ChartSnapshot = { lines: [], step: 0, markers: [], baselines: null };

/** The current points of some series, refreshed when the chart clock gives this chart its turn. */
export function useChart(names: readonly SeriesName[]): ChartSnapshot {
  const { clock, series, runStore } = useLab();
  const [snapshot, setSnapshot] = useState(NOTHING);
  useEffect(() => {
    const redraw = () => {
      const { step, markers, baselines } = runStore.getState();
      setSnapshot({ lines: names.map((name) => series.get(name).decimated(MAX_POINTS)), step, markers, baselines });
    };
    redraw();
    return clock.subscribe(redraw);
  }, [clock, series, runStore, names]);
  return snapshot;
}
