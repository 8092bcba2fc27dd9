import { CloseButton } from '@mantine/core';
import type { OutputFrame } from '../../domain/outputFrame';
import { frameAt } from '../../session/frames/frameAt';
import { isWarning, markerWords } from '../../session/run/words';
import { useFrames, useLab, useRun } from '../lab';
import { Section } from '../layout/Section';
import { Figure2Button } from './Figure2Button';
import { FrameSlider } from './FrameSlider';
import classes from './OutputsPanel.module.css';
import { ReadingChoice } from './ReadingChoice';
import { RunOutputs } from './RunOutputs';
import { ShareNote } from './ShareNote';
import { useShownRuns } from './useShownRuns';
import { CosineHistogram } from './values/CosineHistogram';
import { SingularValueBars } from './values/SingularValueBars';

/** Where the outputs of the probe images lie: the picture, its numbers as shapes, and the slider that replays them. */
export function OutputsPanel({ className }: { readonly className?: string | undefined }) {
  const { frames } = useLab();
  const step = useFrames((state) => state.step);
  const reading = useFrames((state) => state.reading);
  const opened = useFrames((state) => state.opened);
  const { shown, compared } = useShownRuns();
  const frame = frameAt(shown?.track ?? null, step);
  const runs = [shown, compared].filter((run) => run !== null);
  return (
    <Section
      className={`${className ?? ''} ${classes.panel}`}
      title="Outputs"
      aside={
        <div className={classes.choice}>
          <ReadingChoice
            reading={reading}
            hasPredictor={frame === null || frame.p !== null}
            onChange={(chosen) => frames.setReading(chosen)}
          />
          <Figure2Button />
        </div>
      }
    >
      <div className={classes.spheres} data-part="outputs" data-count={runs.length}>
        {runs.map((run) => {
          const own = frameAt(run.track, step);
          return (
            <div key={run.name ?? 'this run'} className={classes.run}>
              {compared !== null && <div className={classes.name}>{run.name ?? 'this run'}</div>}
              <div className={classes.sphere}>{own !== null && <RunOutputs run={run} frame={own} />}</div>
            </div>
          );
        })}
        {frame !== null && shown !== null && (
          <div className={classes.share}>
            <ShareNote frame={frame} images={shown.track.images} reading={reading} />
          </div>
        )}
      </div>
      {(opened !== null || compared !== null) && (
        <div className={classes.kept}>
          {opened !== null && `Replay of “${opened.name}”`}
          {compared !== null && 'Both at the same step'}
          <CloseButton
            size="sm"
            aria-label="Show this run alone"
            onClick={() => {
              frames.close();
              void frames.compare(null);
            }}
          />
        </div>
      )}
      <Replay />
      <Values frame={frame} />
    </Section>
  );
}

/** The slider through the frames of the shown run. */
function Replay() {
  const { frames } = useLab();
  const { shown } = useShownRuns();
  const place = useFrames((state) => state.shown);
  const playing = useFrames((state) => state.playing);
  const isTraining = useRun((run) => run.runState === 'training');
  const steps = shown?.track.frames.map((frame) => frame.step) ?? [];
  const marks = (shown?.markers ?? []).map((marker) => ({
    step: marker.step,
    words: markerWords(marker),
    isWarning: isWarning(marker),
  }));
  return (
    <FrameSlider
      steps={steps}
      shown={place}
      isRunning={isTraining && shown?.isLive === true}
      isPlaying={playing}
      marks={marks}
      onShow={(at) => {
        const step = at === null ? undefined : steps[at];
        if (step === undefined) frames.live();
        else frames.show(step);
      }}
      onPlay={(play) => (play ? frames.play() : frames.pause())}
    />
  );
}

function Values({ frame }: { readonly frame: OutputFrame | null }) {
  const reading = useFrames((state) => state.reading);
  const images = useFrames((state) => state.track?.images ?? null);
  const { shown } = useShownRuns();
  const step = useFrames((state) => state.step);
  const cloud = frame?.[reading] ?? null;
  if (cloud === null || images === null) return <div className={classes.values} />;
  const state = shown?.stateAt(step) ?? null;
  return (
    <div className={classes.values}>
      <CosineHistogram cloud={cloud} isWarning={state === 'collapsed'} />
      <SingularValueBars
        cloud={cloud}
        dimensions={images.dimensions[reading]}
        images={images.indices.length}
        isWarning={state === 'collapsed' || state === 'dimensional'}
      />
    </div>
  );
}
