import { Button } from '@mantine/core';
import { wayBack } from '../../session/keeping/wayBack';
import type { RunStoreState } from '../../session/run/runStore';
import { useLab } from '../lab';
import { grouped } from '../numbers';
import classes from './Status.module.css';

/** By how many steps a finished run is lengthened. */
const MORE = 500;

/** What a run that has failed can go on with. */
export function GoBack({ run }: { readonly run: RunStoreState }) {
  const lab = useLab();
  const { active } = run;
  const back = wayBack(run);
  if (active === null || back === null) return null;
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

/** Lengthens a finished run: in the line where it is wide enough for the button, and in its details where not. */
export function MoreSteps({ run, place }: { readonly run: RunStoreState; readonly place: 'line' | 'details' }) {
  const lab = useLab();
  if (run.active === null || run.runState !== 'finished' || wayBack(run) !== null) return null;
  const more = () => {
    lab.set('totalSteps', run.step + MORE);
    lab.train();
  };
  return (
    <Button
      className={`${classes.action} ${place === 'line' ? classes.wide : classes.narrow}`}
      size="compact-sm"
      variant="default"
      onClick={more}
    >
      {grouped(MORE)} more steps
    </Button>
  );
}
