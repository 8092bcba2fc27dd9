import * as tf from '@tensorflow/tfjs';
import { expect, it } from 'vitest';
import { plainScatterRows, scatterRows } from '../../../src/engine/kernels/scatterRows';
import { describeOnGpu, expectClose, normalValues, onCpu, seeded, valuesOf } from './harness';

describeOnGpu('scattering rows', () => {
  it.each([
    [1, 1, 1],
    [7, 3, 5],
    [40, 16, 3],
    [9, 4, 100],
  ])('%i rows, %i of them written, of width %i: equals plain tfjs', async (count, written, width) => {
    const random = seeded(count);
    const before = normalValues(count * width, random);
    const rows = normalValues(written * width, random);
    const order = Array.from({ length: count }, (_, i) => i)
      .sort(() => random() - 0.5)
      .slice(0, written);
    const run = (scatter: typeof scatterRows) => {
      const target = tf.tidy(() => tf.variable(tf.tensor2d(before, [count, width])));
      tf.tidy(() => scatter(target, tf.tensor1d(order, 'int32'), tf.tensor2d(rows, [written, width])));
      return target;
    };
    const tensors = tf.memory().numTensors;
    const [expected] = onCpu(() => {
      const target = run(plainScatterRows);
      const copy = tf.add(target, 0);
      target.dispose();
      return [copy];
    });
    const actual = run(scatterRows);
    expectClose(await valuesOf(actual), expected!, { tolerance: 1e-7 });
    actual.dispose();
    expect(tf.memory().numTensors).toBe(tensors);
  });
});
