import * as tf from '@tensorflow/tfjs';
import { expect, it } from 'vitest';
import { batchNormBackward, batchNormForward } from '../../../src/engine/kernels/batchNorm/batchNorm';
import { plainBatchNormBackward, plainBatchNormForward } from '../../../src/engine/kernels/batchNorm/plain';
import { describeOnEngines } from '../../setup/engine';
import { expectClose, onCpu, seeded, valuesOf } from './harness';

const EPSILON = 1e-5;

function randomValues(count: number, random: () => number, scale = 1, shift = 0): Float32Array {
  return Float32Array.from({ length: count }, () => shift + scale * (2 * random() - 1));
}

interface Case {
  readonly rows: number;
  readonly channels: number;
  readonly residual: boolean;
  readonly relu: boolean;
  readonly mean?: number;
}

const CASES: Case[] = [
  { rows: 5, channels: 1, residual: false, relu: false },
  { rows: 6, channels: 16, residual: false, relu: true },
  { rows: 33, channels: 3, residual: true, relu: true },
  { rows: 100, channels: 5, residual: true, relu: false },
  { rows: 1000, channels: 24, residual: true, relu: true },
  { rows: 20_000, channels: 8, residual: false, relu: true },
  { rows: 64, channels: 100, residual: false, relu: true, mean: 1000 },
];

describeOnEngines(['webgpu', 'wasm'], 'batchNorm kernels equal plain tfjs', () => {
  it.each(CASES)('$rows x $channels, residual $residual, relu $relu', async (shape) => {
    const { rows, channels, residual, relu, mean = 0 } = shape;
    const random = seeded(rows * 31 + channels);
    const [x, added, dy] = [mean, 0, 0].map((shift) => randomValues(rows * channels, random, 1, shift));
    const [gamma, beta, movingMean] = [0, 1, 2].map(() => randomValues(channels, random));
    const run = (
      forwardOp: typeof batchNormForward,
      backwardOp: typeof batchNormBackward,
      label: 'plain' | 'ours',
    ): tf.Tensor[] => {
      const moving = {
        mean: tf.variable(tf.tensor1d(movingMean)) as tf.Variable<tf.Rank.R1>,
        variance: tf.variable(tf.ones<tf.Rank.R1>([channels])) as tf.Variable<tf.Rank.R1>,
        decay: 0.9,
      };
      const input = tf.tensor2d(x, [rows, channels]);
      const scale = tf.tensor1d(gamma);
      const forward = forwardOp({
        x: input,
        gamma: scale,
        beta: tf.tensor1d(beta),
        residual: residual ? tf.tensor2d(added, [rows, channels]) : null,
        relu,
        epsilon: EPSILON,
        moving,
      });
      const gradients = backwardOp({
        dy: tf.tensor2d(dy, [rows, channels]),
        x: input,
        gamma: scale,
        forward,
        relu,
        hasResidual: residual,
      });
      expect(gradients.dResidual !== null, label).toBe(residual);
      const tensors = [forward.y, forward.mean, forward.inverseStd, moving.mean, moving.variance];
      return [...tensors, gradients.dx, gradients.dGamma, gradients.dBeta, ...[gradients.dResidual ?? []].flat()];
    };
    const expected = onCpu(() => run(plainBatchNormForward, plainBatchNormBackward, 'plain'));
    tf.disposeVariables();
    const before = tf.memory().numTensors;
    const actual = tf.tidy(() => run(batchNormForward, batchNormBackward, 'ours'));
    // With a mean of 1000, float32 keeps about four digits of the deviations, so that both sides are inexact.
    const tolerance = mean === 0 ? 2e-5 : 2e-3;
    const names = ['y', 'mean', 'inverseStd', 'movingMean', 'movingVariance', 'dx', 'dGamma', 'dBeta', 'dResidual'];
    for (let i = 0; i < expected.length; i++) {
      expectClose(await valuesOf(actual[i]), expected[i], { tolerance, label: names[i] });
    }
    tf.dispose(actual);
    tf.disposeVariables();
    expect(tf.memory().numTensors).toBe(before);
  });

  it('keeps the variance of values far from zero', async () => {
    const [rows, channels] = [512, 4];
    const random = seeded(3);
    // Deviations of 1 around 4096, exactly representable: E[x^2] - E[x]^2 in float32 would be off by several.
    const x = Float32Array.from({ length: rows * channels }, () => 4096 + Math.round(2 * random() - 1));
    const exact = Array.from({ length: channels }, (_, c) => {
      const column = Array.from({ length: rows }, (__, r) => x[r * channels + c]);
      const mean = column.reduce((sum, v) => sum + v, 0) / rows;
      return 1 / Math.sqrt(column.reduce((sum, v) => sum + (v - mean) ** 2, 0) / rows + EPSILON);
    });
    const { inverseStd, y, mean } = batchNormForward({
      x: tf.tensor2d(x, [rows, channels]),
      gamma: tf.ones([channels]),
      beta: tf.zeros([channels]),
      residual: null,
      relu: false,
      epsilon: EPSILON,
      moving: null,
    });
    const expected = { shape: [channels], data: Float32Array.from(exact) };
    expectClose(await valuesOf(inverseStd), expected, { tolerance: 1e-5 });
    tf.dispose([inverseStd, y, mean]);
  });
});
