import type { RunStoreState } from '../../session/run/runStore';
import { grouped } from '../numbers';
import type { Status } from './statusText';

const NAME = 'SimSiam Lab';

/** Words for states whose names are not what a tab would say. */
const WORDS: Partial<Record<Status['state'], string>> = {
  dimensional: 'dimensional collapse',
  'no-convergence': 'no convergence',
};

/** “▶ 409 learning – SimSiam Lab”; the name alone where there is no run that has taken a step. */
export function tabTitle({ step, runState }: Pick<RunStoreState, 'step' | 'runState'>, status: Status): string {
  if (runState === null || step === 0) return NAME;
  const sign = runState === 'training' ? '▶' : runState === 'paused' ? '⏸' : '■';
  // The line calls a run “training” where its numbers do not show that it learns.
  const word =
    status.state === 'learning' && status.tone !== 'good' ? 'training' : (WORDS[status.state] ?? status.state);
  return `${sign} ${grouped(step)} ${word} – ${NAME}`;
}
