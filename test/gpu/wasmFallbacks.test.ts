import * as tf from '@tensorflow/tfjs';
import { expect, it, vi } from 'vitest';
import { METHOD_NAMES, type MethodName } from '../../src/domain/methods/registry';
import { presetConfig } from '../../src/domain/presets';
import { configProblems, type RunConfig } from '../../src/domain/runConfig';
import { Trainer } from '../../src/engine/run/trainer';
import { describeOnEngines } from '../setup/engine';
import { syntheticDataset } from '../setup/syntheticDataset';

/** Kernels of tfjs's CPU backend that were used. */
const used = vi.hoisted(() => new Set<string>());

vi.mock('../../src/engine/kernels/runtime/wasm/cpuFallback', async (original) => {
  const { computeOnCpu } = await original<typeof import('../../src/engine/kernels/runtime/wasm/cpuFallback')>();
  const watched: typeof computeOnCpu = (kernel, inputs, attrs) => {
    const known = tf.getKernelsForBackend('cpu').find(({ kernelFunc }) => kernelFunc === kernel);
    used.add(known?.kernelName ?? 'unknown');
    return computeOnCpu(kernel, inputs, attrs);
  };
  return { computeOnCpu: watched };
});

/** x^1.5 in the gradient of 1 / sqrt(x), of a number for each row or channel. */
const LEFT_TO_JAVASCRIPT = ['Pow'];

const dataset = syntheticDataset(80);

/** Settings whose steps consist of different operations. */
const VARIANTS: readonly (readonly [MethodName, Partial<RunConfig>])[] = [
  ...METHOD_NAMES.map((method) => [method, {}] as const),
  ['simsiam', { predictor: 'none', stopGradient: false }],
  ['simsiam', { similarity: 'crossEntropy', stopGradient: false }],
  ['simsiam', { symmetrization: 'asymmetric2x', momentumEncoder: true }],
  ['simsiam', { alternation: 2 }],
  ['simsiam', { movingAverageTarget: true, predictor: 'none' }],
  ['simsiam', { headBatchNorm: 'none' }],
  ['simsiam', { backbone: 'small' }],
  ['simsiam', { backbone: 'resnet18', batchSize: 4, imageSize: 32 }],
  ['simclr', { predictor: 'trained', stopGradient: true }],
  ['barlowTwins', { predictor: 'trained', stopGradient: true }],
  ['swav', { predictor: 'trained', stopGradient: false, smallCrops: 2 }],
  ['swav', { freezePrototypes: 2, queueLength: 16, queueStart: 1 }],
];

describeOnEngines(['wasm'], 'generated kernels compute', () => {
  it.each(VARIANTS)('all steps and monitors of %s with %j', async (method, change) => {
    const config: RunConfig = {
      ...presetConfig('tiny', 'folder', method),
      batchSize: 8,
      totalSteps: 4,
      outputDim: 32,
      projectorHidden: 32,
      knn: { every: 2, k: 5, temperature: 0.1, bank: 40, queries: 16 },
      probe: { every: 2, images: 16 },
      ...change,
    };
    expect(configProblems(config)).toEqual([]);
    used.clear();
    const trainer = new Trainer(dataset, config, [], () => undefined);
    await trainer.start();
    while ((await trainer.advance()) === 'continue');
    await trainer.setQueries([1, 4, 9]);
    trainer.dispose();
    expect([...used].filter((name) => !LEFT_TO_JAVASCRIPT.includes(name))).toEqual([]);
  });
});
