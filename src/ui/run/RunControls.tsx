import { Button, Group } from '@mantine/core';
import { IconPlayerPauseFilled, IconPlayerPlayFilled } from '@tabler/icons-react';
import { canTrain } from '../../session/run/canTrain';
import { hasMoved, isGoing } from '../../session/run/runStore';
import { useDataset, useEngine, useLab, useRun } from '../lab';
import classes from './RunControls.module.css';

/** Train or Pause, Step, Reset. */
export function RunControls() {
  const lab = useLab();
  const going = useRun(isGoing);
  const untouched = useRun((run) => !hasMoved(run) && run.runState !== 'failed');
  const engine = useEngine((state) => state);
  const data = useDataset((state) => state);
  const disabled = useRun((run) => !canTrain(run, engine, data));
  return (
    <Group gap={8} wrap="nowrap">
      <Button
        className={classes.main}
        data-part="train"
        onClick={() => (going ? lab.pause() : lab.train())}
        disabled={disabled && !going}
        leftSection={
          going ? <IconPlayerPauseFilled size={15} aria-hidden /> : <IconPlayerPlayFilled size={15} aria-hidden />
        }
      >
        {going ? 'Pause' : 'Train'}
      </Button>
      <Button className={classes.step} variant="default" onClick={() => lab.step()} disabled={going || disabled}>
        Step
      </Button>
      <Button data-part="reset" variant="default" onClick={() => lab.reset()} disabled={untouched}>
        Reset
      </Button>
    </Group>
  );
}
