import { useRef } from 'react';
import type { OutputFrame } from '../../domain/outputFrame';
import { notify } from '../../session/noticeStore';
import { useQueryChoice } from '../gallery/useQueryChoice';
import { useDataset, useFrames, useLab, useRun } from '../lab';
import { momentOf } from './moment';
import classes from './OutputsPanel.module.css';
import { OutputsPicture } from './OutputsPicture';
import { SaveOutputs } from './save/SaveOutputs';
import type { SphereView } from './sphereView';
import type { ShownRun } from './useShownRuns';

interface RunOutputsProps {
  readonly run: ShownRun;
  readonly frame: OutputFrame;
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
