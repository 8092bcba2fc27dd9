import * as tf from '@tensorflow/tfjs';
import { expect, it } from 'vitest';
import { trainingLinear } from '../../../src/engine/kernels/linear';
import { describeOnEngines } from '../../setup/engine';
import { expectClose, normalValues, onCpu, seeded, valuesOf } from './harness';

describeOnEngines(['webgpu', 'wasm'], 'linear layer', () => {
  it.each([
    [1, 1, 1],
    [1, 7, 5],
    [32, 64, 256],
    [37, 20, 12],
    [8, 100, 3],
    [5, 3, 100],
  ])('value and gradients equal matMul on the CPU backend: %i rows, %i -> %i', async (rows, inSize, outSize) => {
    const random = seeded(rows + inSize);
    const xs = normalValues(rows * inSize, random);
    const ws = normalValues(inSize * outSize, random);
    const probes = normalValues(rows * outSize, random);
    const compute = (multiply: (x: tf.Tensor2D, w: tf.Tensor2D) => tf.Tensor2D) => {
      const x = tf.tensor2d(xs, [rows, inSize]);
      const w = tf.tensor2d(ws, [inSize, outSize]);
      const probe = tf.tensor2d(probes, [rows, outSize]);
      const loss = (a: tf.Tensor, b: tf.Tensor) => tf.sum(tf.mul(multiply(a as tf.Tensor2D, b as tf.Tensor2D), probe));
      return [multiply(x, w), ...tf.grads(loss)([x, w])];
    };
    const before = tf.memory().numTensors;
    const expected = onCpu(() => compute((x, w) => tf.matMul(x, w)));
    const actual = tf.tidy(() => compute(trainingLinear));
    for (const [i, name] of ['y', 'dx', 'dw'].entries()) {
      expectClose(await valuesOf(actual[i]!), expected[i]!, { label: name });
    }
    tf.dispose(actual);
    expect(tf.memory().numTensors).toBe(before);
  });

  it('refuses sizes that disagree', () => {
    expect(() => trainingLinear(tf.zeros([2, 3]), tf.zeros([4, 5]))).toThrow();
  });
});
