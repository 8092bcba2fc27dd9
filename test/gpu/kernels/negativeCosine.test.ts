import * as tf from '@tensorflow/tfjs';
import { expect, it } from 'vitest';
import { l2Normalise } from '../../../src/engine/kernels/l2Normalise';
import { fusedNegativeCosine } from '../../../src/engine/kernels/negativeCosine';
import { meanStdOfDirections, plainMeanStdOfDirections } from '../../../src/engine/kernels/outputStd';
import { describeOnGpu, expectClose, normalValues, onCpu, seeded, valuesOf } from './harness';

/** Eq. 1 in tfjs ops, which tfjs differentiates. */
const writtenOut = (p: tf.Tensor2D, z: tf.Tensor2D) =>
  tf.neg(tf.mean(tf.sum(tf.mul(l2Normalise(p), l2Normalise(z)), 1))) as tf.Scalar;

const SHAPES = [
  [1, 1],
  [1, 5],
  [7, 3],
  [32, 256],
  [130, 100],
  [3, 2048],
] as const;

describeOnGpu('negative cosine kernel', () => {
  it.each(SHAPES)('value and both gradients equal those of plain tfjs: %i x %i', async (n, d) => {
    const random = seeded(n * 100 + d);
    const [ps, zs] = [normalValues(n * d, random), normalValues(n * d, random)];
    const compute = (loss: typeof writtenOut) => {
      const [p, z] = [tf.tensor2d(ps, [n, d]), tf.tensor2d(zs, [n, d])];
      // The factor checks that the incoming gradient is multiplied in.
      const scaled = (a: tf.Tensor, b: tf.Tensor) => tf.mul(loss(a as tf.Tensor2D, b as tf.Tensor2D), 3) as tf.Scalar;
      return [loss(p, z), ...tf.grads(scaled)([p, z])];
    };
    const expected = onCpu(() => compute(writtenOut));
    const fallback = onCpu(() => compute(fusedNegativeCosine));
    const before = tf.memory().numTensors;
    const actual = tf.tidy(() => compute(fusedNegativeCosine));
    // In one dimension the gradient is zero but for rounding.
    const floor = d === 1 ? 1 : 1e-3;
    for (const [i, label] of ['loss', 'dp', 'dz'].entries()) {
      expectClose(await valuesOf(actual[i]!), expected[i]!, { floor, label });
      expectClose(fallback[i]!, expected[i]!, { floor, label: `${label}, plain` });
    }
    tf.dispose(actual);
    expect(tf.memory().numTensors).toBe(before);
  });

  it('a zero row contributes 0, and every gradient stays finite', async () => {
    const ps = [0, 0, 0, 1, 2, 3];
    const zs = [1, 0, 0, 0, 0, 0];
    const compute = (loss: typeof writtenOut) => {
      const [p, z] = [tf.tensor2d(ps, [2, 3]), tf.tensor2d(zs, [2, 3])];
      const both = (a: tf.Tensor, b: tf.Tensor) => loss(a as tf.Tensor2D, b as tf.Tensor2D);
      return [loss(p, z), ...tf.grads(both)([p, z])];
    };
    const expected = onCpu(() => compute(writtenOut));
    const actual = tf.tidy(() => compute(fusedNegativeCosine));
    for (const [i, label] of ['loss', 'dp', 'dz'].entries()) {
      expectClose(await valuesOf(actual[i]!), expected[i]!, { label });
    }
    expect((await actual[0]!.data())[0]).toBeCloseTo(0, 10);
    tf.dispose(actual);
  });

  it('computes only the gradient asked for', async () => {
    const [p, z] = [tf.ones<tf.Rank.R2>([4, 8]), tf.ones<tf.Rank.R2>([4, 8])];
    const loss = (a: tf.Tensor) => fusedNegativeCosine(a as tf.Tensor2D, z);
    const dp = tf.grad(loss)(p);
    expectClose(await valuesOf(dp), { shape: [4, 8], data: new Float32Array(32) }, { floor: 1 });
    tf.dispose([p, z, dp]);
  });

  it('refuses rows that do not belong together', () => {
    expect(() => fusedNegativeCosine(tf.zeros([2, 3]), tf.zeros([2, 4]))).toThrow('negative cosine');
  });
});

describeOnGpu('output std kernel', () => {
  it.each(SHAPES)('equals plain tfjs: %i x %i', async (n, d) => {
    const values = normalValues(n * d, seeded(n + d));
    const [expected] = onCpu(() => [plainMeanStdOfDirections(tf.tensor2d(values, [n, d]))]);
    const before = tf.memory().numTensors;
    const z = tf.tensor2d(values, [n, d]);
    const actual = meanStdOfDirections(z);
    expectClose(await valuesOf(actual), expected!, { floor: 1e-2 });
    tf.dispose([z, actual]);
    expect(tf.memory().numTensors).toBe(before);
  });

  it('is 0 for a single direction, and larger for a small spread', async () => {
    const std = async (rows: number[][]) => {
      const z = tf.tensor2d(rows);
      const value = meanStdOfDirections(z);
      const [number] = await value.data();
      tf.dispose([z, value]);
      return number!;
    };
    expect(
      await std([
        [3, 4],
        [6, 8],
        [0.3, 0.4],
      ]),
    ).toBeLessThan(1e-6);
    // Angles of 0 and 0.001: std of the second channel is 0.0005, of the first next to nothing.
    expect(
      await std([
        [1, 0],
        [Math.cos(0.001), Math.sin(0.001)],
      ]),
    ).toBeCloseTo(0.00025, 6);
  });
});
