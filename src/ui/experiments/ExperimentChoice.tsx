import { Button, NativeSelect, NumberInput, Text } from '@mantine/core';
import { useMemo, useState } from 'react';
import { type Experiment, leastSteps } from '../../domain/experiments/experiment';
import { EXPERIMENTS } from '../../domain/experiments/registry';
import { fieldOf } from '../../domain/fields';
import { indicesOf, TRAIN } from '../../domain/imageDataset';
import { presetConfig } from '../../domain/presets';
import { hasMoved } from '../../session/run/runStore';
import { startProblem } from '../../session/run/startProblem';
import { useDataset, useEngine, useLab, useRun } from '../lab';
import { grouped } from '../numbers';
import classes from './Experiments.module.css';

/** Numbers of seeds to choose from. */
const SEEDS = ['1', '2', '3', '4', '5'];
/** Number of steps after which most differences show with the small presets. */
const SHORT = 300;

interface ExperimentChoiceProps {
  readonly chosen: Experiment;
  readonly running: boolean;
  onChoose(name: string): void;
}

/** The choice of experiment with its question and the paper's claim, the length of its runs, and the start button. */
export function ExperimentChoice({ chosen, running, onChoose }: ExperimentChoiceProps) {
  const lab = useLab();
  const { preset, dataset } = useRun((run) => run.config);
  const own = presetConfig(preset, dataset).totalSteps;
  // Until the person enters a number, the preset's.
  const [given, setGiven] = useState<number | string | null>(null);
  const steps = given ?? own;
  const longer = useLeastSteps(chosen);
  const { control } = fieldOf('totalSteps');
  const [least, most] = control.kind === 'number' ? [control.min, control.max] : [1, 1];
  const isSound = typeof steps === 'number' && Number.isInteger(steps) && steps >= least && steps <= most;
  const [seeds, setSeeds] = useState('1');
  const endsOne = useRun(hasMoved);
  const problem = useProblem();
  const start = () => {
    if (isSound) void lab.experiments.start(chosen, steps, Number(seeds));
  };
  return (
    <>
      <NativeSelect
        label="Experiment"
        value={chosen.name}
        disabled={running}
        data={EXPERIMENTS.map(({ name, title }) => ({ value: name, label: title }))}
        onChange={(event) => onChoose(event.currentTarget.value)}
      />
      <div className={classes.words}>
        <p>{chosen.question}</p>
        <p className={classes.claim}>
          The paper ({chosen.source}): {chosen.claim}
        </p>
      </div>
      <div className={classes.start}>
        <NumberInput
          className={classes.steps}
          label="Steps per run"
          value={steps}
          min={least}
          max={most}
          step={100}
          allowDecimal={false}
          allowNegative={false}
          clampBehavior="blur"
          disabled={running}
          onChange={setGiven}
          onBlur={() => {
            if (typeof steps !== 'number') setGiven(null);
          }}
        />
        <NativeSelect
          label="Seeds"
          value={seeds}
          disabled={running}
          data={SEEDS}
          onChange={(event) => setSeeds(event.currentTarget.value)}
        />
        <Button variant="default" disabled={running || steps === SHORT} onClick={() => setGiven(SHORT)}>
          Short: {SHORT}
        </Button>
        <Button variant="default" disabled={running || steps === own} onClick={() => setGiven(null)}>
          Preset: {grouped(own)}
        </Button>
        <Button disabled={running || !isSound || problem !== null} onClick={start}>
          Run experiment
        </Button>
      </div>
      <Text size="sm" c="dimmed">
        {longer !== null && typeof steps === 'number' && steps < longer && (
          <>
            Each run takes {grouped(longer)} steps, so that it visits each image {chosen.leastEpochs} times.{' '}
          </>
        )}
        {problem ??
          `${chosen.runs.length * Number(seeds)} runs with the preset, images, settings and seed of the page${seeds === '1' ? '' : `, and with the ${Number(seeds) - 1} seeds that follow it`}. ${seeds === '1' ? 'One seed does not show whether a difference of accuracy is chance; several seeds give means with their spread. ' : ''}Method-specific options have the preset’s values, except for the one that is compared.${endsOne && !running ? ' The current run ends and is kept.' : ''}`}
      </Text>
    </>
  );
}

/** The fewest steps of a run of the experiment on the images of the page; null where they are not loaded. */
function useLeastSteps(experiment: Experiment): number | null {
  const info = useDataset((state) => state.info);
  const batchSize = useRun((run) => run.config.batchSize);
  const images = useMemo(() => (info === null ? null : indicesOf(info, TRAIN).length), [info]);
  return images === null ? null : leastSteps(experiment, images, batchSize);
}

/** Why no experiment can start now; null when one can. */
function useProblem(): string | null {
  const data = useDataset((state) => state);
  const config = useRun((run) => run.config);
  const noEngine = useEngine(({ state }) => state === 'failed' || state === 'starting');
  if (data.loading !== null) return 'An experiment can start when the images are loaded.';
  if (noEngine) return 'An experiment can start when the engine is running.';
  // Problems of a single run, e.g. its batch size, are reported with that run.
  return data.info === null || data.wanted !== null ? startProblem(config, data) : null;
}
