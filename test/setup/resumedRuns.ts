import { expect } from 'vitest';
import type { RunConfig } from '../../src/domain/runConfig';
import type { EngineOptions } from '../../src/engine/backend/startEngine';
import type { TrainerOptions } from '../../src/engine/run/trainer';
import { framesOf, markersOf, measuredByStep, restOfRun, wholeRun } from './checkpoints';
import { startTestEngine } from './engine';
import { syntheticDataset } from './syntheticDataset';

const dataset = syntheticDataset(40);

/** Steps before the checkpoint. */
const AT = 3;

/** Trains a run, and the same run interrupted by a checkpoint and a new engine: both report the same, to the bit. */
export async function expectSameAfterResuming(
  engine: 'webgpu' | 'wasm',
  config: RunConfig,
  { trainer = {}, engine: engineOptions = {} }: { trainer?: TrainerOptions; engine?: EngineOptions } = {},
): Promise<void> {
  const start = () => startTestEngine(engine, engineOptions);
  const whole = await wholeRun(dataset, config, await start(), AT, trainer);
  const resumed = await restOfRun(dataset, whole.bytes, await start(), trainer);
  expect(resumed.from).toBe(AT);
  expect(resumed.notes).toEqual([]);
  const measured = measuredByStep(whole.signals);
  expect(measured.map(({ step }) => step)).toEqual(Array.from({ length: config.totalSteps + 1 }, (_, step) => step));
  expect(measuredByStep(resumed.signals)).toEqual(measured);
  expect(framesOf(whole.signals).length).toBeGreaterThan(config.totalSteps);
  expect(framesOf(resumed.signals)).toEqual(framesOf(whole.signals));
  expect(markersOf(resumed.signals)).toEqual(markersOf(whole.signals));
}
