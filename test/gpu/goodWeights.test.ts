import * as tf from '@tensorflow/tfjs';
import { expect, it } from 'vitest';
import { Parameters } from '../../src/engine/network/nn/parameters';
import { GoodWeights } from '../../src/engine/run/goodWeights';
import { describeOnEngines } from '../setup/engine';

describeOnEngines(['cpu', 'webgpu'], 'good weights', () => {
  it('are those that a later loss proved good, not merely the last taken', async () => {
    const before = tf.memory().numTensors;
    const parameters = new Parameters();
    const w = parameters.addTrainable<tf.Rank.R1>('w', [2], Float32Array.of(1, 2));
    const set = (a: number, b: number) => tf.tidy(() => w.assign(tf.tensor1d([a, b])));
    const good = new GoodWeights(parameters);
    set(3, 4);
    good.take(100);
    // The loss of step 100 is of the weights before that step.
    good.confirm(100);
    set(Number.NaN, Number.NaN);
    expect(good.restore()).toBe(0);
    expect([...(await w.data())]).toEqual([1, 2]);

    set(3, 4);
    good.take(100);
    good.confirm(101);
    set(Number.NaN, 5);
    good.take(200);
    expect(good.restore()).toBe(100);
    expect([...(await w.data())]).toEqual([3, 4]);
    good.dispose();
    parameters.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });
});
