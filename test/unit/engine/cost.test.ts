import { describe, expect, it } from 'vitest';
import type { MethodName } from '../../../src/domain/methods/registry';
import { presetConfig } from '../../../src/domain/presets';
import { configProblems, type RunConfig } from '../../../src/domain/runConfig';
import { gflopPerStep as gflopOnEngine } from '../../../src/engine/methods/registry';

const gflopPerStep = (config: RunConfig, pairsInOneBatch = false) => gflopOnEngine(config, pairsInOneBatch);

// 32 x 32, stem 3 -> 16 at stride 1; three stages of one block, 16, 32 and 64 wide, at 32, 16 and 8 pixels. Multiply-adds of one image.
const stem = 1024 * 27 * 16;
const stages =
  1024 * 2 * 9 * 16 * 16 + 256 * (9 * 16 * 32 + 9 * 32 * 32 + 16 * 32) + 64 * (9 * 32 * 64 + 9 * 64 * 64 + 32 * 64);
const projector = 64 * 256 + 256 * 256;
const predictor = 2 * 256 * 32;

/** Cost of one view: of the forward pass alone, and with the gradients of all weights and of all inputs except the images. */
const encoderForward = stem + stages + projector;
const encoderTrained = 2 * stem + 3 * (stages + projector);

const counted: Partial<RunConfig> = {
  stemStride: 1,
  predictor: 'none',
  projectorLayers: 2,
  projectorHidden: 256,
  outputDim: 256,
  predictorHidden: 32,
};
const BATCH = 4;

/** The network counted above, at the smallest batch of a run. */
function runOf(method: MethodName, change: Partial<RunConfig>): RunConfig {
  const config = { ...presetConfig('small', 'folder', method), ...counted, batchSize: BATCH, ...change };
  expect(configProblems(config)).toEqual([]);
  return config;
}

describe('cost of a step', () => {
  it('the tiny preset fits a software adapter: at most 0.3 GFLOP at a batch of at least 32', () => {
    const tiny = presetConfig('tiny');
    expect(tiny.batchSize).toBeGreaterThanOrEqual(32);
    expect(gflopPerStep(tiny)).toBeLessThanOrEqual(0.3);
    expect(gflopPerStep(tiny)).toBeGreaterThan(0.1);
  });

  it('agrees with a network counted by hand', () => {
    const config: RunConfig = { ...presetConfig('small'), ...counted, batchSize: 1 };
    expect(gflopPerStep(config)).toBeCloseTo((2 * 2 * (2 * stem + 3 * (stages + projector))) / 1e9, 12);
  });

  // With SwAV: 8 prototypes of 256 dimensions, and small crops of 16 pixels, where a convolution has a quarter of the pixels.
  const scores = 256 * 8;
  const small = 2 * (stem / 4) + 3 * (stages / 4 + projector);
  const swav = { prototypes: 8, queueLength: 0, smallCrops: 0 };

  it.each<readonly [string, MethodName, Partial<RunConfig>, perImage: number]>([
    ['both views and their predictions', 'simsiam', { predictor: 'trained' }, 2 * (encoderTrained + 3 * predictor)],
    [
      'a fixed predictor only passes the gradient on',
      'simsiam',
      { predictor: 'fixed' },
      2 * (encoderTrained + 2 * predictor),
    ],
    [
      'asymmetric: one prediction, and no gradient from the other view',
      'simsiam',
      { predictor: 'trained', symmetrization: 'asymmetric' },
      encoderTrained + 3 * predictor + encoderForward,
    ],
    [
      'asymmetric without stop-gradient: a gradient from both views',
      'simsiam',
      { predictor: 'trained', symmetrization: 'asymmetric', stopGradient: false },
      2 * encoderTrained + 3 * predictor,
    ],
    [
      'two asymmetric pairs are twice one',
      'simsiam',
      { predictor: 'trained', symmetrization: 'asymmetric2x' },
      2 * (encoderTrained + 3 * predictor + encoderForward),
    ],
    [
      'a momentum encoder goes forward alone',
      'simsiam',
      { predictor: 'trained', momentumEncoder: true },
      2 * (encoderTrained + 3 * predictor + encoderForward),
    ],
    [
      'an asymmetric loss has one target of the momentum encoder',
      'simsiam',
      { predictor: 'trained', momentumEncoder: true, symmetrization: 'asymmetric' },
      encoderTrained + 3 * predictor + 2 * encoderForward,
    ],
    [
      'alternation computes both targets of each step once more',
      'simsiam',
      { predictor: 'trained', alternation: 5 },
      2 * (encoderTrained + 3 * predictor + encoderForward),
    ],
    [
      'alternation by epochs, too',
      'simsiam',
      { predictor: 'trained', alternation: 0 },
      2 * (encoderTrained + 3 * predictor + encoderForward),
    ],
    ['a moving average of outputs costs nothing here', 'simsiam', { movingAverageTarget: true }, 2 * encoderTrained],
    ['BYOL', 'byol', { predictor: 'trained' }, 2 * (encoderTrained + 3 * predictor + encoderForward)],
    ['SimCLR', 'simclr', {}, 2 * encoderTrained],
    ['SimCLR with a BN for each view', 'simclr', { viewsTogether: false }, 2 * encoderTrained],
    ['Barlow Twins', 'barlowTwins', {}, 2 * encoderTrained],
    ['SwAV: scores with gradient, assignments without', 'swav', swav, 2 * (encoderTrained + 3 * scores + scores)],
    [
      'SwAV without stop-gradient: assignments with gradient',
      'swav',
      { ...swav, stopGradient: false },
      2 * (encoderTrained + 3 * scores + 3 * scores),
    ],
    [
      'SwAV with a queue: its outputs are assigned along with the batch',
      'swav',
      { ...swav, queueLength: 3 * BATCH },
      2 * (encoderTrained + 3 * scores + 4 * scores),
    ],
    [
      'SwAV with small crops of half the side',
      'swav',
      { ...swav, smallCrops: 2, predictor: 'trained' },
      2 * (encoderTrained + 3 * predictor + 3 * scores + scores) + 2 * (small + 3 * predictor + 3 * scores),
    ],
    [
      'SwAV with small crops, each view with its own BN statistics',
      'swav',
      { ...swav, smallCrops: 2, predictor: 'trained', viewsTogether: false },
      2 * (encoderTrained + 3 * predictor + 3 * scores + scores) + 2 * (small + 3 * predictor + 3 * scores),
    ],
  ])('%s', (_, method, change, perImage) => {
    expect(gflopPerStep(runOf(method, change))).toBeCloseTo((2 * BATCH * perImage) / 1e9, 12);
  });

  it('in one batch a pair of views has one backward pass, with zeros where the asymmetric loss gives no gradient', () => {
    const asymmetric = runOf('simsiam', { predictor: 'trained', symmetrization: 'asymmetric' });
    const perImage = 2 * encoderTrained + 3 * predictor;
    expect(gflopPerStep(asymmetric, true)).toBeCloseTo((2 * BATCH * perImage) / 1e9, 12);
    const symmetric = runOf('simsiam', { predictor: 'trained' });
    expect(gflopPerStep(symmetric, true)).toBe(gflopPerStep(symmetric, false));
  });
});
