import { expect } from 'vitest';
import type { EngineInfo } from '../../src/domain/engineInfo';
import type { RunConfig } from '../../src/domain/runConfig';
import type { TrainerOptions } from '../../src/engine/run/trainer';
import { framesOf, markersOf, measuredByStep, restOfRun, wholeRun } from './checkpoints';
import { syntheticDataset } from './syntheticDataset';

const dataset = syntheticDataset(40);

/** Steps before the checkpoint. */
const AT = 3;

/** A run trained to its end, with the bytes of a checkpoint after its first steps. */
export function interrupted(engine: EngineInfo, config: RunConfig, options: TrainerOptions = {}) {
  return wholeRun(dataset, config, engine, AT, options);
}

/** The rest of such a run, from the checkpoint on. */
export function trainedOn(engine: EngineInfo, bytes: Uint8Array, options: TrainerOptions = {}) {
  return restOfRun(dataset, bytes, engine, options);
}

/** Expects that a resumed run reports the same as the run without an interruption, to the bit. */
export function expectSameReports(
  whole: Awaited<ReturnType<typeof wholeRun>>,
  resumed: Awaited<ReturnType<typeof restOfRun>>,
  { totalSteps }: RunConfig,
): void {
  expect(resumed.from).toBe(AT);
  expect(resumed.notes).toEqual([]);
  const measured = measuredByStep(whole.signals);
  expect(measured.map(({ step }) => step)).toEqual(Array.from({ length: totalSteps + 1 }, (_, step) => step));
  expect(measuredByStep(resumed.signals)).toEqual(measured);
  expect(framesOf(whole.signals).length).toBeGreaterThan(totalSteps);
  expect(framesOf(resumed.signals)).toEqual(framesOf(whole.signals));
  expect(markersOf(resumed.signals)).toEqual(markersOf(whole.signals));
}
