import * as tf from '@tensorflow/tfjs';
import { expect, it } from 'vitest';
import { batchNormBackward, batchNormForward } from '../../../src/engine/kernels/batchNorm/batchNorm';
import { describeOnEngines } from '../../setup/engine';
import { expectClose, normalValues, seeded, valuesOf } from './harness';

/** The results of two calls, one per view: concatenated, and with the gradients of gamma and beta summed. */
describeOnEngines(['webgpu', 'wasm'], 'batchNorm of two views at once', () => {
  it.each([
    [6, 3, false, true],
    [40, 16, true, true],
    [700, 8, true, false],
    [5000, 24, false, true],
  ])('equals that of one after the other: %i x %i, residual %s, relu %s', async (rows, channels, residual, relu) => {
    const random = seeded(rows + channels);
    const make = (n: number, shift = 0) => tf.tensor2d(normalValues(n * channels, random), [n, channels]).add(shift);
    // Views with very different means, whose joint statistics would differ.
    const [a, b] = [make(rows, 3), make(rows, -2)] as [tf.Tensor2D, tf.Tensor2D];
    const [addedA, addedB, dyA, dyB] = [1, 2, 3, 4].map(() => make(rows)) as tf.Tensor2D[];
    const gamma = tf.tensor1d(normalValues(channels, random));
    const beta = tf.tensor1d(normalValues(channels, random));
    const moving = () => ({
      mean: tf.variable(tf.zeros<tf.Rank.R1>([channels])) as tf.Variable<tf.Rank.R1>,
      variance: tf.variable(tf.ones<tf.Rank.R1>([channels])) as tf.Variable<tf.Rank.R1>,
      decay: 0.9,
    });
    const run = (x: tf.Tensor2D, added: tf.Tensor2D, dy: tf.Tensor2D, views: number, m: ReturnType<typeof moving>) => {
      const shared = { x, gamma, relu, views };
      const forward = batchNormForward({
        ...shared,
        beta,
        residual: residual ? added : null,
        epsilon: 1e-5,
        moving: m,
      });
      return { ...forward, ...batchNormBackward({ ...shared, dy, forward, hasResidual: residual }) };
    };
    const [oneByOne, together] = [moving(), moving()];
    const first = run(a, addedA!, dyA!, 1, oneByOne);
    const second = run(b, addedB!, dyB!, 1, oneByOne);
    const both = run(tf.concat([a, b]), tf.concat([addedA!, addedB!]), tf.concat([dyA!, dyB!]), 2, together);
    const pairs: [string, tf.Tensor, tf.Tensor][] = [
      ['y', both.y, tf.concat([first.y, second.y])],
      ['mean', both.mean, tf.concat([first.mean, second.mean])],
      ['inverseStd', both.inverseStd, tf.concat([first.inverseStd, second.inverseStd])],
      ['dx', both.dx, tf.concat([first.dx, second.dx])],
      ['dGamma', both.dGamma, tf.add(first.dGamma, second.dGamma)],
      ['dBeta', both.dBeta, tf.add(first.dBeta, second.dBeta)],
      ['moving mean', together.mean, oneByOne.mean],
      ['moving variance', together.variance, oneByOne.variance],
    ];
    if (both.dResidual !== null) {
      pairs.push(['dResidual', both.dResidual, tf.concat([first.dResidual!, second.dResidual!])]);
    }
    expect(both.dResidual !== null).toBe(residual);
    for (const [label, actual, expected] of pairs) {
      expectClose(await valuesOf(actual), await valuesOf(expected), { label, tolerance: 2e-5 });
    }
    tf.disposeVariables();
  });

  it('refuses a number of rows that is not that of two views', () => {
    const [gamma, beta] = [tf.ones<tf.Rank.R1>([2]), tf.zeros<tf.Rank.R1>([2])];
    const shared = { gamma, beta, residual: null, relu: false, epsilon: 1e-5, moving: null };
    expect(() => batchNormForward({ ...shared, x: tf.zeros([3, 2]), views: 2 })).toThrow('2 views');
  });
});
