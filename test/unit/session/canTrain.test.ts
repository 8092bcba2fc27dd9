import { expect, it } from 'vitest';
import { presetConfig } from '../../../src/domain/presets';
import { canTrain } from '../../../src/session/run/canTrain';
import { createRunStore, type RunStoreState } from '../../../src/session/run/runStore';
import { activeRun } from '../../setup/activeRun';

const config = { ...presetConfig('tiny'), totalSteps: 1000 };
const ready = { state: 'ready' } as const;
const noImages = { info: null, wanted: null, loading: null };

const run = (state: Partial<RunStoreState>): RunStoreState => ({
  ...createRunStore(config).getState(),
  active: activeRun(config),
  step: 1000,
  runState: 'finished',
  ...state,
});

it.each<[what: string, state: Partial<RunStoreState>, can: boolean]>([
  ['paused', { runState: 'paused', step: 7 }, true],
  ['finished', {}, false],
  ['finished, more steps asked for', { pending: { totalSteps: 1500 } }, true],
  ['finished, more steps given', { changes: [[1000, 'totalSteps', 1500]] }, true],
  ['finished again after these', { changes: [[1000, 'totalSteps', 1500]], step: 1500 }, false],
  ['finished since its length became smaller', { changes: [[300, 'totalSteps', 100]], step: 300 }, false],
  ['diverged with steps left', { runState: 'diverged', step: 7 }, false],
  ['failed with steps left', { runState: 'failed', step: 7 }, false],
])('whether a run can be trained: %s', (_, state, can) => {
  expect(canTrain(run(state), ready, noImages)).toBe(can);
});
