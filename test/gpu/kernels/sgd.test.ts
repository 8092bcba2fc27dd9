import * as tf from '@tensorflow/tfjs';
import { expect, it } from 'vitest';
import { plainSgdUpdate, sgdUpdate } from '../../../src/engine/kernels/sgd';
import { describeOnGpu, expectClose, normalValues, onCpu, seeded, valuesOf } from './harness';

const RATES = [
  { learningRate: 0.1, momentum: 0.9, weightDecay: 1e-4 },
  { learningRate: 0.05, momentum: 0.9, weightDecay: 1e-4 },
  { learningRate: 0.05, momentum: 0, weightDecay: 0 },
];

describeOnGpu('SGD kernel', () => {
  it.each([[1], [5], [3, 3, 16, 24], [100, 7]])('three updates equal plain tfjs: %j', async (...shape: number[]) => {
    const size = shape.reduce((a, b) => a * b);
    const random = seeded(size);
    const weights = normalValues(size, random);
    const gradients = RATES.map(() => normalValues(size, random));
    const run = (update: typeof sgdUpdate) => {
      const weight = tf.tidy(() => tf.variable(tf.tensor(weights, shape)));
      let velocity = tf.keep(tf.zeros(shape));
      RATES.forEach((rates, i) => {
        const gradient = tf.tensor(gradients[i]!, shape);
        velocity = update(weight, velocity, gradient, rates);
        gradient.dispose();
      });
      return [weight, velocity];
    };
    const before = tf.memory().numTensors;
    const [weight, velocity] = onCpu(() => {
      const all = run(plainSgdUpdate);
      const copies = all.map((t) => tf.add(t, 0));
      tf.dispose(all);
      return copies;
    });
    const actual = run(sgdUpdate);
    expectClose(await valuesOf(actual[0]!), weight!, { tolerance: 1e-6, label: 'weight' });
    expectClose(await valuesOf(actual[1]!), velocity!, { tolerance: 1e-6, label: 'velocity' });
    tf.dispose(actual);
    expect(tf.memory().numTensors).toBe(before);
  });
});
