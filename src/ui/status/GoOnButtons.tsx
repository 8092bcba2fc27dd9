import { Button } from '@mantine/core';
import { wayBack } from '../../session/keeping/wayBack';
import type { RunStoreState } from '../../session/run/runStore';
import { useLab } from '../lab';
import { grouped } from '../numbers';
import classes from './Status.module.css';

/** By how many steps a finished run is lengthened. */
const MORE = 500;

/** What a run that has failed or finished can go on with. */
export function GoOnButtons({ run }: { readonly run: RunStoreState }) {
  const lab = useLab();
  const { active, runState, step } = run;
  const back = wayBack(run);
  if (active === null) return null;
  if (back !== null) {
    return (
      <Button
        className={classes.action}
        size="compact-sm"
        variant="default"
        title="Begins a new run from the weights that were kept then, without what was changed since. This run is kept beside it."
        onClick={() => void lab.keptRuns.fork(active.keptId, back.step, back.changes)}
      >
        Back to step {grouped(back.step)}
      </Button>
    );
  }
  if (runState !== 'finished') return null;
  const more = () => {
    lab.set('totalSteps', step + MORE);
    lab.train();
  };
  return (
    <Button className={classes.action} size="compact-sm" variant="default" onClick={more}>
      {grouped(MORE)} more steps
    </Button>
  );
}
