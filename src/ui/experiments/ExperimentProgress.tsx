import { Button, Progress, VisuallyHidden } from '@mantine/core';
import { progressOf } from '../../session/experiments/experimentStore';
import { isGoing } from '../../session/run/runStore';
import { useExperiment, useLab, useRun } from '../lab';
import { grouped } from '../numbers';
import classes from './Experiments.module.css';

/** The progress of the queue, and its buttons. */
export function ExperimentProgress() {
  const { experiments } = useLab();
  const runs = useExperiment((state) => state.runs);
  const step = useRun((run) => run.step);
  // Depends on the state of the run, because the run's own buttons also pause it.
  const paused = useRun(
    (run) => !isGoing(run) && run.intent === null && (run.runState === 'paused' || run.runState === 'building'),
  );
  const building = useRun(({ runState }) => runState === null || runState === 'building');
  const { index, of, done, total } = progressOf(runs, step);
  const current = index === null ? undefined : runs[index];
  if (index === null || current === undefined) return null;
  const { seed } = current.config;
  const hasSeeds = runs.some(({ config }) => config.seed !== seed);
  const which = `Run ${index + 1} of ${of}: ${current.run.label}${hasSeeds ? `, seed ${seed}` : ''}`;
  const { totalSteps } = current.config;
  const where = building && !paused ? 'being built' : `step ${grouped(step)} of ${grouped(totalSteps)}`;
  return (
    <div className={classes.progress}>
      <Progress value={(100 * done) / total} aria-label="Progress of the experiment" size="md" />
      <div data-testid="experiment-progress" className={classes.where}>
        {which}, {where}
        {paused ? ', paused' : ''}
      </div>
      {/* Hidden from screen readers, which would announce every step. */}
      <VisuallyHidden role="status">
        {which}
        {paused ? ', paused' : ''}
      </VisuallyHidden>
      <div className={classes.buttons}>
        <Button variant="default" onClick={() => (paused ? experiments.resume() : experiments.pause())}>
          {paused ? 'Resume queue' : 'Pause queue'}
        </Button>
        <Button variant="default" onClick={() => experiments.skip()}>
          Skip run
        </Button>
        <Button variant="default" onClick={() => experiments.stop()}>
          Stop
        </Button>
      </div>
    </div>
  );
}
