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
  // The state of the run decides, whichever button paused it.
  const paused = useRun(
    (run) => !isGoing(run) && run.intent === null && (run.runState === 'paused' || run.runState === 'building'),
  );
  const building = useRun(({ runState }) => runState === null || runState === 'building');
  const { index, of, done, total } = progressOf(runs, step);
  const current = index === null ? undefined : runs[index];
  if (index === null || current === undefined) return null;
  const which = `Run ${index + 1} of ${of}: ${current.run.label}`;
  const { totalSteps } = current.config;
  const where = building && !paused ? 'being built' : `step ${grouped(step)} of ${grouped(totalSteps)}`;
  return (
    <div className={classes.progress}>
      <Progress value={(100 * done) / total} aria-label="Progress of the experiment" size="md" />
      <div data-testid="experiment-progress" className={classes.where}>
        {which}, {where}
        {paused ? ', paused' : ''}
      </div>
      {/* Steps are too many to be read out. */}
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
