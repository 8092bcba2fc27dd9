import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import type { MethodName } from '../../../src/domain/methods/registry';
import { presetConfig } from '../../../src/domain/presets';
import { configProblems, liveSettingsOf, type RunConfig } from '../../../src/domain/runConfig';
import { NO_MORE_VIEWS } from '../../../src/engine/methods/method';
import { createMethod, passesOf } from '../../../src/engine/methods/registry';
import { gflopOf } from '../../../src/engine/network/cost';
import { backboneOf, networkLayers } from '../../../src/engine/network/networkLayers';
import { computeGradients } from '../../../src/engine/step/trainStep';
import { disposeStepInputs, stepInputs } from '../../setup/stepInputs';

const BATCH = 4;
const SIDE = 8;

function configOf(method: MethodName, change: Partial<RunConfig>): RunConfig {
  const config: RunConfig = {
    ...presetConfig('tiny', 'folder', method),
    outputDim: 12,
    projectorHidden: 10,
    predictorHidden: 6,
    batchSize: BATCH,
    ...(method === 'swav' ? { prototypes: 7, queueLength: 0 } : {}),
    ...change,
  };
  expect(configProblems(config)).toEqual([]);
  return config;
}

/** Multiplications and additions of the convolutions and matrix products that tfjs runs, counted apart. */
function flopRun({ kernels }: Awaited<ReturnType<typeof tf.profile>>): number {
  let sum = 0;
  for (const { name, inputShapes, outputShapes } of kernels) {
    const [a, b] = inputShapes as [number[], number[]];
    const [y] = outputShapes as [number[]];
    const size = (shape: readonly number[]) => shape.reduce((x, n) => x * n, 1);
    // Each output of a product takes one multiply-add per element of the dimension that is summed over.
    if (name === 'Conv2D') sum += size(y) * (size(b) / b[3]!);
    // dy and the kernel; x and dy.
    else if (name === 'Conv2DBackpropInput') sum += size(a) * (size(b) / b[3]!);
    else if (name === 'Conv2DBackpropFilter') sum += size(b) * (size(y) / y[3]!);
    else if (name === 'BatchMatMul' || name === '_FusedMatMul') sum += Math.sqrt(size(a) * size(b) * size(y));
  }
  return 2 * sum;
}

describe('the passes that a method declares are those of its step', () => {
  beforeAll(async () => {
    await tf.setBackend('cpu');
  });

  // SimCLR and Barlow Twins have matrix products in their losses, too, which the cost of a step leaves out.
  it.each<readonly [MethodName, Partial<RunConfig>]>([
    ['simsiam', {}],
    ['simsiam', { predictor: 'none' }],
    ['simsiam', { predictor: 'fixed' }],
    ['simsiam', { stopGradient: false }],
    ['simsiam', { symmetrization: 'asymmetric' }],
    ['simsiam', { symmetrization: 'asymmetric', stopGradient: false }],
    ['simsiam', { symmetrization: 'asymmetric2x' }],
    ['simsiam', { momentumEncoder: true }],
    ['simsiam', { momentumEncoder: true, symmetrization: 'asymmetric' }],
    ['simsiam', { momentumEncoder: true, symmetrization: 'asymmetric2x' }],
    ['simsiam', { movingAverageTarget: true, symmetrization: 'asymmetric' }],
    ['simsiam', { projectorLayers: 3, headBatchNorm: 'none' }],
    ['byol', {}],
    ['byol', { predictor: 'none' }],
    ['swav', {}],
    ['swav', { predictor: 'trained' }],
    ['swav', { stopGradient: false }],
    ['swav', { queueLength: 8 }],
    ['swav', { queueLength: 8, stopGradient: false }],
    ['swav', { smallCrops: 2 }],
    ['swav', { viewsTogether: false }],
    ['swav', { viewsTogether: false, smallCrops: 2 }],
    ['swav', { smallCrops: 2, predictor: 'trained' }],
  ])('%s %j', async (name, change) => {
    const config = configOf(name, change);
    const layers = networkLayers({ ...backboneOf(config), imageSize: SIDE }, config);
    const method = createMethod(config, { count: BATCH }, layers);
    const live = liveSettingsOf(config);
    const { full, small } = method.moreViews ?? NO_MORE_VIEWS;
    const noise = (side: number, seed: number) =>
      tf.randomNormal([BATCH, side, side, 3], 0, 1, 'float32', seed) as tf.Tensor4D;
    const moreViews = Array.from({ length: full }, (_, i) => noise(SIDE, i + 3));
    const smallViews = Array.from({ length: small?.count ?? 0 }, (_, i) => noise(small!.side, i + 5));
    // After the steps in which queues fill and prototypes are frozen.
    const inputs = { ...stepInputs(noise(SIDE, 1), noise(SIDE, 2), { step: 1_000_000 }), moreViews, smallViews };
    const profile = await tf.profile(() =>
      tf.tidy(() => {
        const { output } = computeGradients(method, inputs, live);
        for (const tensor of Object.values(output)) tensor.dispose();
      }),
    );
    expect(flopRun(profile)).toBeGreaterThan(0);
    expect(flopRun(profile)).toBeCloseTo(1e9 * gflopOf(passesOf(config, layers), false), 3);
    method.dispose();
    disposeStepInputs(inputs);
    tf.dispose([inputs.x1, inputs.x2, ...moreViews, ...smallViews]);
  });
});
