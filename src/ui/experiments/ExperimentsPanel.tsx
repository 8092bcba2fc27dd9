import { Button, Text } from '@mantine/core';
import { type ReactNode, useMemo, useState } from 'react';
import { type Experiment, leastSteps } from '../../domain/experiments/experiment';
import { EXPERIMENTS } from '../../domain/experiments/registry';
import { indicesOf, TRAIN } from '../../domain/imageDataset';
import { presetConfig } from '../../domain/presets';
import { hasMoved } from '../../session/run/runStore';
import { startProblem } from '../../session/run/startProblem';
import { useDataset, useEngine, useExperiment, useLab, useRun } from '../lab';
import { Section } from '../layout/Section';
import { grouped } from '../numbers';
import { ExperimentCards } from './ExperimentCards';
import { ExperimentLength, type Length, soundSteps } from './ExperimentLength';
import { ExperimentProgress } from './ExperimentProgress';
import { ExperimentResult } from './ExperimentResult';
import classes from './Experiments.module.css';

/** The paper's experiments, run with the settings of the page: the choice, the progress, and the last result. */
export function ExperimentsPanel() {
  const lab = useLab();
  const running = useExperiment((state) => state.phase === 'running');
  const last = useExperiment((state) => state.experiment);
  const message = useExperiment((state) => state.message);
  const { preset, dataset } = useRun((run) => run.config);
  const own = presetConfig(preset, dataset).totalSteps;
  // Until a person chooses a number of steps, the preset's.
  const [given, setGiven] = useState<Length | null>(null);
  const length = given ?? { steps: own, seeds: 1 };
  const [name, setName] = useState(last?.name ?? EXPERIMENTS[0]?.name);
  const chosen = EXPERIMENTS.find((experiment) => experiment.name === name);
  const problem = useProblem();
  const steps = soundSteps(length);
  const isStartable = !running && steps !== null && problem === null;
  const start = (experiment: Experiment) => {
    if (!isStartable) return;
    setName(experiment.name);
    void lab.experiments.start(experiment, steps, length.seeds);
  };
  if (chosen === undefined) return null;
  return (
    <Section
      part="experiments"
      title="Experiments"
      note="one click trains every run on the same images and the same seeds"
      aside={<ExperimentLength length={length} own={own} disabled={running} onChange={setGiven} />}
    >
      <div className={classes.stack}>
        <ExperimentCards
          chosen={chosen}
          seeds={length.seeds}
          isStartable={isStartable}
          onChoose={({ name }) => setName(name)}
          onStart={start}
        />
        <Text size="sm" c="dimmed" role="status" className={classes.message}>
          {message}
        </Text>
        {running && <ExperimentProgress />}
        <Description
          experiment={chosen}
          steps={steps}
          problem={problem}
          running={running}
          startButton={
            <Button disabled={!isStartable} onClick={() => start(chosen)}>
              Run experiment
            </Button>
          }
        />
        {last === chosen && <ExperimentResult experiment={last} />}
      </div>
    </Section>
  );
}

interface DescriptionProps {
  readonly experiment: Experiment;
  readonly steps: number | null;
  readonly problem: string | null;
  readonly running: boolean;
  readonly startButton: ReactNode;
}

/** What an experiment asks, and what the paper found. */
function Description({ experiment, steps, problem, running, startButton }: DescriptionProps) {
  const longer = useLeastSteps(experiment);
  const endsOne = useRun(hasMoved);
  const { title, question, source, claim, leastEpochs, isOfPaper = true } = experiment;
  return (
    <section className={classes.description} aria-label={title}>
      <div className={classes.words}>
        <h3>{title}</h3>
        <p>{question}</p>
        <p className={classes.claim}>
          {isOfPaper ? `The paper (${source})` : 'Expected'}: {claim}
        </p>
        <p className={classes.claim}>
          {longer !== null && steps !== null && steps < longer && (
            <>
              Each run takes {grouped(longer)} steps, so that it visits each image {leastEpochs} times.{' '}
            </>
          )}
          {problem ?? (endsOne && !running && 'The current run ends and is kept.')}
        </p>
      </div>
      {startButton}
    </section>
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
