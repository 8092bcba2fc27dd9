import { useMemo } from 'react';
import { writeZip } from '../../formats/zip/writeZip';
import type { MadeFile, OnDone } from '../../session/taking/taking';
import { allCharts } from '../charts/shownCharts';
import { useOverlays } from '../charts/useOverlays';
import { useLab, useRun } from '../lab';
import { useShownRuns } from '../outputs/useShownRuns';
import { fileName } from '../save/saveFile';
import { drawnCharts, figureFiles } from './figureFiles';

interface FigureMaker {
  /** Whether there is a curve to draw. */
  readonly hasCurves: boolean;
  make(onDone: OnDone, signal: AbortSignal): Promise<MadeFile>;
}

/** Makes the figure of what the page shows, as one zip file. */
export function useFigure(): FigureMaker {
  const lab = useLab();
  const overlays = useOverlays();
  const config = useRun((run) => run.active?.config ?? run.config);
  // The first point of the run on the page.
  const hasLoss = useRun((run) => run.latest.loss !== undefined);
  const { shown, compared } = useShownRuns();
  const charts = useMemo(() => allCharts(config, overlays), [config, overlays]);
  return {
    hasCurves: hasLoss || drawnCharts(lab, charts).length > 0,
    make: async (onDone, signal) => {
      const runs = [shown, compared].filter((run) => run !== null);
      const files = await figureFiles(lab, { charts, runs }, onDone, signal);
      const pieces: BlobPart[] = [];
      for await (const piece of writeZip(files, new Date())) pieces.push(new Uint8Array(piece));
      return { name: fileName('figure', 'zip'), file: new Blob(pieces, { type: 'application/zip' }) };
    },
  };
}
