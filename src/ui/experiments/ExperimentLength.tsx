import { NumberInput, SegmentedControl } from '@mantine/core';
import { fieldOf } from '../../domain/fields';
import classes from './Experiments.module.css';

/** Numbers of seeds to choose from. */
const SEEDS = ['1', '3', '5', '10'];
/** After this many steps most differences show with the small presets. */
const SHORT = 300;

/** How long and how often the runs of an experiment are trained. */
export interface Length {
  /** Steps of each run; a text that is no number while it is being typed. */
  readonly steps: number | string;
  readonly seeds: number;
}

/** The steps, where they are a valid number of steps; null while they are not. */
export function soundSteps({ steps }: Length): number | null {
  const { control } = fieldOf('totalSteps');
  if (control.kind !== 'number' || typeof steps !== 'number' || !Number.isInteger(steps)) return null;
  return steps >= control.min && steps <= control.max ? steps : null;
}

interface ExperimentLengthProps {
  readonly length: Length;
  /** The preset's steps. */
  readonly own: number;
  readonly disabled: boolean;
  onChange(length: Length): void;
}

/** Seeds and steps of all experiments, chosen once. */
export function ExperimentLength({ length, own, disabled, onChange }: ExperimentLengthProps) {
  const { control } = fieldOf('totalSteps');
  const [least, most] = control.kind === 'number' ? [control.min, control.max] : [1, 1];
  const choices = [...new Set([SHORT, own])].sort((a, b) => a - b).map(String);
  return (
    <div className={classes.length}>
      <span>seeds</span>
      <SegmentedControl
        size="xs"
        aria-label="Seeds"
        disabled={disabled}
        value={String(length.seeds)}
        onChange={(seeds) => onChange({ ...length, seeds: Number(seeds) })}
        data={SEEDS}
      />
      <span>steps each</span>
      <SegmentedControl
        size="xs"
        aria-label="Usual numbers of steps"
        disabled={disabled}
        value={choices.includes(String(length.steps)) ? String(length.steps) : ''}
        onChange={(steps) => onChange({ ...length, steps: Number(steps) })}
        data={choices}
      />
      <NumberInput
        className={classes.steps}
        size="xs"
        aria-label="Steps per run"
        value={length.steps}
        min={least}
        max={most}
        step={100}
        allowDecimal={false}
        allowNegative={false}
        clampBehavior="blur"
        disabled={disabled}
        onChange={(steps) => onChange({ ...length, steps })}
        onBlur={() => {
          if (typeof length.steps !== 'number') onChange({ ...length, steps: own });
        }}
      />
    </div>
  );
}
