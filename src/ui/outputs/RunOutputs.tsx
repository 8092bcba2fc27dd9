import { useRef } from 'react';
import type { OutputFrame } from '../../domain/outputFrame';
import { frameAt } from '../../session/frames/frameAt';
import { notify } from '../../session/noticeStore';
import { useQueryChoice } from '../gallery/useQueryChoice';
import { useDataset, useFrames, useLab, useRun } from '../lab';
import type { Moment } from './moment';
import classes from './OutputsPanel.module.css';
import { OutputsPicture } from './OutputsPicture';
import { SaveOutputs } from './save/SaveOutputs';
import type { SphereView } from './sphereView';
import type { ShownRun } from './useShownRuns';

interface RunOutputsProps {
  readonly run: ShownRun;
  readonly frame: OutputFrame;
}

/** A frame with what was known of the run then. */
function momentOf(run: ShownRun, frame: OutputFrame): Moment {
  // Where stop-gradient was last switched off, if it has not been switched on again.
  const change = run.markers.findLast(
    (marker) => marker.kind === 'change' && marker.key === 'stopGradient' && marker.step <= frame.step,
  );
  const isOff = change?.kind === 'change' && change.value === false;
  return { frame, state: run.stateAt(frame.step), before: isOff ? frameAt(run.track, change.step) : null };
}

/** The picture of the outputs of a run at a frame, with its menu for saving it. */
export function RunOutputs({ run, frame }: RunOutputsProps) {
  const { thumbnails, noticeStore } = useLab();
  const reading = useFrames((state) => state.reading);
  const query = useRun((state) => state.queries[0]);
  const choose = useQueryChoice();
  const names = useDataset((data) => data.info?.names);
  const view = useRef<SphereView | null>(null);
  const moment = momentOf(run, frame);
  const { images, frames } = run.track;
  const pictures = run.hasPictures ? thumbnails : null;
  return (
    <>
      <OutputsPicture
        {...moment}
        images={images}
        reading={reading}
        query={query ?? null}
        pictures={pictures}
        view={view}
        nameOf={(index) => (run.hasPictures ? names?.[index] : undefined) ?? `image ${index}`}
        onChoose={(index) => choose(0, index)}
      />
      <div className={classes.save}>
        <SaveOutputs
          images={images}
          reading={reading}
          pictures={pictures}
          moment={moment}
          moments={() => frames.map((each) => momentOf(run, each))}
          caption={run.name ?? 'this run'}
          view={view}
          onProblem={(words) => notify(noticeStore, words)}
        />
      </div>
    </>
  );
}
