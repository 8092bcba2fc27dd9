import * as tf from '@tensorflow/tfjs';
import { expect, it } from 'vitest';
import { presetConfig } from '../../src/domain/presets';
import { RunDiagnosis } from '../../src/engine/monitors/diagnosis';
import { Parameters } from '../../src/engine/network/nn/parameters';
import { GoodWeights } from '../../src/engine/run/goodWeights';
import type { RunSnapshot } from '../../src/engine/run/state';
import { describeOnEngines } from '../setup/engine';

describeOnEngines(['cpu', 'webgpu'], 'good weights', () => {
  it('are the last weights that a later loss has confirmed, not the last ones saved', async () => {
    const before = tf.memory().numTensors;
    const parameters = new Parameters();
    const w = parameters.addTrainable<tf.Rank.R1>('w', [2], Float32Array.of(1, 2));
    const set = (a: number, b: number) => tf.tidy(() => w.assign(tf.tensor1d([a, b])));
    const at = (step: number): RunSnapshot => ({
      step,
      config: presetConfig('tiny'),
      changes: { made: [], planned: [] },
      parameters: parameters.snapshot(),
      momentum: new Map([['w', tf.tensor1d([step, step])]]),
      heldTargets: { from: step, targets: [{ z1: tf.zeros([2, 2]), z2: tf.zeros([2, 2]) }] },
      probe: new Map([['weight', tf.tensor1d([step])]]),
      diagnosis: new RunDiagnosis({ outputDim: 2, rankBound: 2, lossRange: [-1, 0] }).state(),
      framePoses: new Map(),
      kernels: new Map(),
    });
    const good = new GoodWeights(at(0));
    const restore = () => {
      parameters.restore(good.last.parameters);
      return good.last.step;
    };
    set(3, 4);
    good.take(at(100));
    // The loss of step 100 is computed with the weights before that step.
    good.confirm(100);
    set(Number.NaN, Number.NaN);
    expect(restore()).toBe(0);
    expect([...(await w.data())]).toEqual([1, 2]);

    set(3, 4);
    good.take(at(100));
    good.confirm(101);
    set(Number.NaN, 5);
    good.take(at(200));
    expect(restore()).toBe(100);
    expect([...(await w.data())]).toEqual([3, 4]);
    good.dispose();
    parameters.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });
});
