import * as tf from '@tensorflow/tfjs';
import { expect, it } from 'vitest';
import { globalAveragePool, plainGlobalAveragePool } from '../../../src/engine/kernels/averagePool';
import { describeOnEngines } from '../../setup/engine';
import { expectClose, normalValues, onCpu, seeded, valuesOf } from './harness';

describeOnEngines(['webgpu', 'wasm'], 'global average pooling', () => {
  it.each([
    [1, 1, 1, 1],
    [2, 3, 5, 3],
    [32, 8, 8, 64],
    [3, 4, 4, 100],
  ])('value and gradient equal plain tfjs: %i x %i x %i x %i', async (n, h, w, c) => {
    const random = seeded(n + h + w + c);
    const xs = normalValues(n * h * w * c, random);
    const probes = normalValues(n * c, random);
    const compute = (pool: typeof plainGlobalAveragePool) => {
      const x = tf.tensor4d(xs, [n, h, w, c]);
      const probe = tf.tensor2d(probes, [n, c]);
      return [pool(x), tf.grad((a) => tf.sum(tf.mul(pool(a as tf.Tensor4D), probe)))(x)];
    };
    const expected = onCpu(() => compute(plainGlobalAveragePool));
    const fallback = onCpu(() => compute(globalAveragePool));
    const before = tf.memory().numTensors;
    const actual = tf.tidy(() => compute(globalAveragePool));
    for (const [i, label] of ['y', 'dx'].entries()) {
      expectClose(await valuesOf(actual[i]!), expected[i]!, { label });
      expectClose(fallback[i]!, expected[i]!, { label: `${label}, plain` });
    }
    tf.dispose(actual);
    expect(tf.memory().numTensors).toBe(before);
  });
});
