import type { OutputFrame } from '../../domain/outputFrame';
import { frameAt } from '../../session/frames/frameAt';
import { useQueryChoice } from '../gallery/useQueryChoice';
import { useDataset, useFrames, useLab, useRun } from '../lab';
import { OutputsPicture } from './OutputsPicture';
import type { ShownRun } from './useShownRuns';

interface RunOutputsProps {
  readonly run: ShownRun;
  readonly frame: OutputFrame;
}

/** The picture of the outputs of a run at a frame. */
export function RunOutputs({ run, frame }: RunOutputsProps) {
  const { thumbnails } = useLab();
  const reading = useFrames((state) => state.reading);
  const query = useRun((state) => state.queries[0]);
  const choose = useQueryChoice();
  const names = useDataset((data) => data.info?.names);
  // The frame at which stop-gradient was last switched off, if it has not been switched on again.
  const change = run.markers.findLast(
    (marker) => marker.kind === 'change' && marker.key === 'stopGradient' && marker.step <= frame.step,
  );
  const isOff = change?.kind === 'change' && change.value === false;
  return (
    <OutputsPicture
      frame={frame}
      images={run.track.images}
      reading={reading}
      state={run.stateAt(frame.step)}
      before={isOff ? frameAt(run.track, change.step) : null}
      query={query ?? null}
      pictures={run.hasPictures ? thumbnails : null}
      nameOf={(index) => (run.hasPictures ? names?.[index] : undefined) ?? `image ${index}`}
      onChoose={(index) => choose(0, index)}
    />
  );
}
