import * as tf from '@tensorflow/tfjs';
import { expect, it } from 'vitest';
import { METHOD_NAMES, type MethodName } from '../../src/domain/methods/registry';
import { presetConfig } from '../../src/domain/presets';
import { Trainer } from '../../src/engine/run/trainer';
import { describeOnEngines, startTestEngine } from '../setup/engine';
import { sampleOf } from '../setup/matrix';
import { syntheticDataset } from '../setup/syntheticDataset';

const STEPS = 10;
/**
 * Two engines add in different orders, and training amplifies what that changes in the last digits: the largest difference of the losses,
 * relative to the largest loss.
 */
const TOLERANCE = 1e-3;

const dataset = syntheticDataset(64);

async function lossesOn(engine: 'webgpu' | 'wasm', method: MethodName): Promise<number[]> {
  await startTestEngine(engine);
  expect(tf.getBackend()).toBe(engine);
  const losses: number[] = [];
  const config = { ...presetConfig('tiny', 'folder', method), totalSteps: STEPS, batchSize: 16 };
  const unmeasured = { ...config, knn: { ...config.knn, every: 0 }, probe: { ...config.probe, every: 0 } };
  const trainer = new Trainer(dataset, unmeasured, [], (signal) => {
    if (signal.kind !== 'measurements') return;
    losses.push(...signal.value.flatMap(({ loss }) => (loss === undefined ? [] : [loss])));
  });
  while ((await trainer.advance()) === 'continue');
  trainer.dispose();
  return losses;
}

/** A run of each method on the processor, compared with the same on WebGPU. */
export function wasmSeriesSuite(title: string): void {
  describeOnEngines(['webgpu'], title, () => {
    it.each(sampleOf(METHOD_NAMES))('%s', async (method) => {
      const expected = await lossesOn('webgpu', method);
      const actual = await lossesOn('wasm', method);
      expect([expected.length, actual.length]).toEqual([STEPS, STEPS]);
      const apart = Math.max(...expected.map((loss, step) => Math.abs(loss - actual[step]!)));
      expect(apart / Math.max(...expected.map(Math.abs))).toBeLessThan(TOLERANCE);
    });
  });
}
