import { Button, Group } from '@mantine/core';
import { IconPlayerPauseFilled, IconPlayerPlayFilled } from '@tabler/icons-react';
import { hasMoved, isGoing } from '../../session/run/runStore';
import { startProblem } from '../../session/run/startProblem';
import { useDataset, useEngine, useLab, useRun } from '../lab';
import classes from './RunControls.module.css';

/** Train or Pause, Step, Reset. */
export function RunControls() {
  const lab = useLab();
  const going = useRun(isGoing);
  const over = useRun(({ runState }) => runState === 'finished' || runState === 'diverged' || runState === 'failed');
  const untouched = useRun((run) => !hasMoved(run) && run.runState !== 'failed');
  const noEngine = useEngine(({ state }) => state === 'failed' || state === 'lost');
  const data = useDataset((state) => state);
  const impossible = useRun(({ active, config }) => active === null && startProblem(config, data) !== null);
  // Train can be pressed while images are loading: the run then starts when they are loaded.
  const disabled = over || noEngine || (impossible && data.loading === null);
  return (
    <Group gap={8} wrap="nowrap">
      <Button
        className={classes.main}
        onClick={() => (going ? lab.pause() : lab.train())}
        disabled={disabled && !going}
        leftSection={
          going ? <IconPlayerPauseFilled size={15} aria-hidden /> : <IconPlayerPlayFilled size={15} aria-hidden />
        }
      >
        {going ? 'Pause' : 'Train'}
      </Button>
      <Button variant="default" onClick={() => lab.step()} disabled={going || disabled}>
        Step
      </Button>
      <Button variant="default" onClick={() => lab.reset()} disabled={untouched}>
        Reset
      </Button>
    </Group>
  );
}
