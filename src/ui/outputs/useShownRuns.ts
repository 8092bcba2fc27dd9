import { useMemo } from 'react';
import type { DiagnosisState } from '../../domain/diagnosis/states';
import type { Marker } from '../../domain/measurement';
import type { FrameTrack } from '../../domain/outputFrame';
import { picturesOf } from '../../session/archive/picturesOf';
import { useArchive, useDataset, useFrames, useRun } from '../lab';

/** A run whose frames are shown. */
export interface ShownRun {
  readonly track: FrameTrack;
  /** null for the run on the page. */
  readonly name: string | null;
  readonly isLive: boolean;
  readonly markers: readonly Marker[];
  /** Whether its pictures are those of the images in use. */
  readonly hasPictures: boolean;
  /** The diagnosis at a step; for null the last one. */
  stateAt(step: number | null): DiagnosisState;
}

/** The diagnosis at a step, from the events of the run. */
function stateIn(markers: readonly Marker[], last: DiagnosisState, step: number | null): DiagnosisState {
  if (step === null) return last;
  const known = markers.findLast((marker) => marker.kind === 'diagnosis' && marker.step <= step);
  return known?.kind === 'diagnosis' ? known.state : 'starting';
}

/** The run whose frames are shown, and the one beside it; null where there is none. */
export function useShownRuns(): { readonly shown: ShownRun | null; readonly compared: ShownRun | null } {
  const track = useFrames((state) => state.track);
  const opened = useFrames((state) => state.opened);
  const compared = useFrames((state) => state.compared);
  const liveMarkers = useRun((run) => run.markers);
  const liveState = useRun((run) => run.diagnosis?.state ?? 'starting');
  const runs = useArchive((archive) => archive.runs);
  const info = useDataset((data) => data.info);
  return useMemo(() => {
    const kept = (runId: string, name: string, frames: FrameTrack): ShownRun => {
      const record = runs.find(({ id }) => id === runId);
      const markers = record?.markers ?? [];
      const last = record?.diagnosis?.state ?? 'starting';
      return {
        track: frames,
        name,
        isLive: false,
        markers,
        hasPictures: record !== undefined && picturesOf(record, info),
        stateAt: (step) => stateIn(markers, last, step),
      };
    };
    const live = (frames: FrameTrack): ShownRun => ({
      track: frames,
      name: null,
      isLive: true,
      markers: liveMarkers,
      hasPictures: info !== null,
      stateAt: (step) => {
        const newest = frames.frames.at(-1)?.step ?? 0;
        return stateIn(liveMarkers, liveState, step === null || step >= newest ? null : step);
      },
    });
    return {
      shown: track === null ? null : opened === null ? live(track) : kept(opened.runId, opened.name, track),
      compared: compared === null ? null : kept(compared.runId, compared.name, compared.track),
    };
  }, [track, opened, compared, liveMarkers, liveState, runs, info]);
}
