import type { DatasetStoreState } from '../data/datasetStore';
import type { EngineStoreState } from '../engine/engineStore';
import { liveSettings, type RunStoreState } from './runStore';
import { startProblem } from './startProblem';

/** Whether the run can be trained on, or will be once its images are loaded: it is not over, and neither engine nor images stand in the way. */
export function canTrain(
  run: RunStoreState,
  { state }: Pick<EngineStoreState, 'state'>,
  data: Pick<DatasetStoreState, 'info' | 'wanted' | 'loading'>,
): boolean {
  const { active, config, runState } = run;
  if (runState === 'diverged' || runState === 'failed') return false;
  // A finished run may have got more steps.
  if (runState === 'finished' && liveSettings(run).totalSteps <= run.step) return false;
  if (state === 'failed' || state === 'lost') return false;
  return active !== null || data.loading !== null || startProblem(config, data) === null;
}
