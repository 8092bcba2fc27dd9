import { ActionIcon, Slider } from '@mantine/core';
import { IconPlayerPauseFilled, IconPlayerPlayFilled } from '@tabler/icons-react';
import { grouped } from '../numbers';
import classes from './FrameSlider.module.css';

/** An event of the run that is marked on the slider. */
export interface SliderMark {
  readonly step: number;
  /** In a few words, e.g. “stop-gradient off”. */
  readonly words: string;
  readonly isWarning: boolean;
}

interface FrameSliderProps {
  /** The steps of the run's frames, ascending. */
  readonly steps: readonly number[];
  /** Place of the frame that is shown; null follows the newest one. */
  readonly shown: number | null;
  /** Whether new frames still come. */
  readonly isRunning: boolean;
  readonly isPlaying: boolean;
  readonly marks: readonly SliderMark[];
  /** null: the newest, which is chosen at the right end. */
  onShow(place: number | null): void;
  onPlay(isPlaying: boolean): void;
}

/** The place of a step among those of the frames, in between where it has no frame of its own. */
export function placeOfStep(steps: readonly number[], step: number): number {
  const next = steps.findIndex((of) => of >= step);
  if (next <= 0) return next === 0 ? 0 : Math.max(0, steps.length - 1);
  const [a, b] = [steps[next - 1] ?? 0, steps[next] ?? 0];
  return next - 1 + (step - a) / (b - a);
}

/** Replays the frames of a run. */
export function FrameSlider(props: FrameSliderProps) {
  const { steps, shown, isRunning, isPlaying, marks, onShow, onPlay } = props;
  const last = Math.max(0, steps.length - 1);
  const place = Math.min(shown ?? last, last);
  const step = steps[place] ?? 0;
  const isNewest = shown === null;
  const stepWords = (at: number) => {
    const end = at === last && isRunning ? ', live' : '';
    return `step ${grouped(steps[at] ?? 0)}${end}`;
  };
  return (
    <div className={classes.slider} data-part="replay">
      <ActionIcon
        variant="default"
        size={30}
        aria-label={isPlaying ? 'Stop the replay' : 'Replay the run'}
        disabled={last === 0}
        onClick={() => onPlay(!isPlaying)}
      >
        {isPlaying ? <IconPlayerPauseFilled size={14} aria-hidden /> : <IconPlayerPlayFilled size={14} aria-hidden />}
      </ActionIcon>
      <div className={classes.track}>
        <Slider
          size={3}
          thumbSize={16}
          min={0}
          max={Math.max(1, last)}
          step={1}
          value={last === 0 ? 1 : place}
          disabled={last === 0}
          label={null}
          thumbLabel="Step shown"
          thumbValueText={(at) => stepWords(Math.min(at, last))}
          onChange={(at) => onShow(at >= last ? null : at)}
        />
        {last > 0 &&
          marks.map(({ step: at, words, isWarning }) => (
            <span
              key={`${at} ${words}`}
              className={classes.mark}
              data-warning={isWarning || undefined}
              style={{ left: `${(100 * placeOfStep(steps, at)) / last}%` }}
              title={`${words}, step ${grouped(at)}`}
            />
          ))}
      </div>
      <span className={classes.step}>
        step {grouped(step)}
        {isNewest && isRunning ? ' · live' : ''}
      </span>
    </div>
  );
}
