import { Progress } from '@mantine/core';
import { progressOf } from '../../session/experiments/experimentStore';
import { useExperiment, useRun } from '../lab';
import classes from './ExperimentChip.module.css';

/** How far an experiment has come, in every place of the page. */
export function ExperimentChip() {
  const experiment = useExperiment((state) => state.experiment);
  const isRunning = useExperiment((state) => state.phase === 'running');
  const runs = useExperiment((state) => state.runs);
  const step = useRun((run) => run.step);
  const { index, of, done, total } = progressOf(runs, step);
  if (!isRunning || experiment === null || index === null) return null;
  return (
    <div className={classes.chip}>
      <Progress className={classes.bar} size="sm" value={(100 * done) / total} aria-label={experiment.title} />
      <span className={classes.words}>
        {experiment.title}: run {index + 1} of {of}
      </span>
    </div>
  );
}
