import { Text } from '@mantine/core';
import { useState } from 'react';
import { EXPERIMENTS } from '../../domain/experiments/registry';
import { useExperiment } from '../lab';
import { Panel } from '../layout/Panel';
import { ExperimentChoice } from './ExperimentChoice';
import { ExperimentProgress } from './ExperimentProgress';
import { ExperimentResult } from './ExperimentResult';
import classes from './Experiments.module.css';

/** The paper's experiments, to be run with the settings of the page: chosen, under way, and what came of the last one. */
export function ExperimentsPanel() {
  const phase = useExperiment((state) => state.phase);
  const last = useExperiment((state) => state.experiment);
  const message = useExperiment((state) => state.message);
  const [name, setName] = useState(EXPERIMENTS[0]?.name);
  const running = phase === 'running';
  const chosen = (running ? last : EXPERIMENTS.find((experiment) => experiment.name === name)) ?? null;
  return (
    <Panel title="Experiments" aside="Several runs, same seed and images, one after the other">
      <div className={classes.stack}>
        {chosen !== null && <ExperimentChoice chosen={chosen} running={running} onChoose={setName} />}
        {running && <ExperimentProgress />}
        <Text size="sm" c="dimmed" role="status" className={classes.message}>
          {message}
        </Text>
        {last !== null && <ExperimentResult experiment={last} />}
      </div>
    </Panel>
  );
}
