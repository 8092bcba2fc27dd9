import type { DatasetStoreState } from '../data/datasetStore';
import type { EngineStoreState } from '../engine/engineStore';
import type { RunStoreState } from './runStore';
import { startProblem } from './startProblem';

/** Whether the run can be trained on, or will be once its images are loaded: it is not over, and neither engine nor images stand in the way. */
export function canTrain(
  { active, config, runState }: RunStoreState,
  { state }: Pick<EngineStoreState, 'state'>,
  data: Pick<DatasetStoreState, 'info' | 'wanted' | 'loading'>,
): boolean {
  if (runState === 'finished' || runState === 'diverged' || runState === 'failed') return false;
  if (state === 'failed' || state === 'lost') return false;
  return active !== null || data.loading !== null || startProblem(config, data) === null;
}
