import { Text } from '@mantine/core';
import { useState } from 'react';
import { EXPERIMENTS } from '../../domain/experiments/registry';
import { useExperiment } from '../lab';
import { Panel } from '../layout/Panel';
import { ExperimentChoice } from './ExperimentChoice';
import { ExperimentProgress } from './ExperimentProgress';
import { ExperimentResult } from './ExperimentResult';
import classes from './Experiments.module.css';

/** The paper's experiments, run with the settings of the page: the choice, the progress, and the last result. */
export function ExperimentsPanel() {
  const phase = useExperiment((state) => state.phase);
  const last = useExperiment((state) => state.experiment);
  const message = useExperiment((state) => state.message);
  const [name, setName] = useState(EXPERIMENTS[0]?.name);
  const running = phase === 'running';
  const chosen = (running ? last : EXPERIMENTS.find((experiment) => experiment.name === name)) ?? null;
  return (
    <Panel title="Experiments" aside="Several runs in sequence, with the same seed and images">
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
