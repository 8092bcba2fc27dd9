import * as tf from '@tensorflow/tfjs';
import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import { expect, it, vi } from 'vitest';
import { presetConfig } from '../../src/domain/presets';
import { liveSettingsOf, type RunConfig } from '../../src/domain/runConfig';
import { ImageSource } from '../../src/engine/images/imageSource';
import { createMethod } from '../../src/engine/methods/registry';
import { type StepPlan, StepRunner } from '../../src/engine/step/stepRunner';
import { describeOnEngines } from '../setup/engine';
import { syntheticDataset } from '../setup/syntheticDataset';

const CONFIG: RunConfig = { ...presetConfig('tiny', 'folder'), batchSize: 8, alternation: 5 };
const POSITIONS = Uint32Array.from({ length: CONFIG.batchSize }, (_, i) => i);
const PLAN: StepPlan = {
  step: 0,
  images: POSITIONS,
  positions: POSITIONS,
  live: liveSettingsOf(CONFIG),
  learningRate: 0.1,
  initialLearningRate: 0.1,
};

describeOnEngines(['webgpu'], 'compiling a step', () => {
  it('computes nothing, not even an alternation’s targets, and leaves nothing to compile', async () => {
    const method = createMethod(CONFIG, { count: 40 });
    const embed = vi.spyOn(method, 'embed');
    const runner = new StepRunner(CONFIG, new ImageSource(syntheticDataset(40), CONFIG), method, true, () => POSITIONS);
    await runner.compile(PLAN);
    expect(runner.state().heldTargets).toEqual({ from: 0, targets: [] });
    // Both views of one batch are computed to compile their pipelines.
    expect(embed).toHaveBeenCalledTimes(2);
    embed.mockClear();
    const late = vi.spyOn((tf.backend() as WebGPUBackend).device, 'createComputePipeline');
    await runner.prepare(PLAN.step);
    const { loss } = await runner.run(PLAN);
    expect(Number.isFinite(loss)).toBe(true);
    expect(embed).toHaveBeenCalledTimes(2 * CONFIG.alternation);
    expect(late.mock.calls.map(([{ label }]) => label)).toEqual([]);
    late.mockRestore();
    runner.dispose();
    method.dispose();
  });
});
