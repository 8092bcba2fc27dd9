import { describe, expect, it } from 'vitest';
import { indicesOf, TRAIN } from '../../../src/domain/imageDataset';
import { presetConfig } from '../../../src/domain/presets';
import type { RunConfig } from '../../../src/domain/runConfig';
import { checkRun } from '../../../src/engine/run/checkRun';
import { syntheticDataset } from '../../setup/syntheticDataset';

const MB = 1024 * 1024;

/** ResNet-18: its widest activations are 64 channels at the images' own 32 x 32. */
const config: RunConfig = { ...presetConfig('resnet18', 'folder'), imageSize: 32, batchSize: 16 };
const dataset = syntheticDataset(64);
/** Both views. */
const bytes = 2 * 16 * 32 * 32 * 64 * 4;

describe('whether a run can start', () => {
  it('an adapter whose limits allow the largest activation is accepted', () => {
    expect(dataset.size).toBe(32);
    expect(() => checkRun(dataset, config, bytes)).not.toThrow();
    expect(() => checkRun(dataset, config, Number.POSITIVE_INFINITY)).not.toThrow();
  });

  it('for a smaller adapter, the message names a batch size that is then accepted', () => {
    expect(() => checkRun(dataset, config, bytes - 4)).toThrow(
      'The largest layer takes 8 MB for a batch of 16, and this adapter can use no more than 7 MB at once: choose a batch of at most 15, gradient accumulation (microBatches) in 2 parts, or smaller images or a smaller backbone.',
    );
    expect(() => checkRun(dataset, { ...config, batchSize: 15 }, bytes - 4)).not.toThrow();
    expect(() => checkRun(dataset, { ...config, microBatches: 2 }, bytes - 4)).not.toThrow();
    expect(() => checkRun(dataset, { ...config, microBatches: 2 }, bytes / 2 - 4)).toThrow(
      /for 8 images at once, .* choose a batch of at most 7, gradient accumulation \(microBatches\) in 4 parts, or/,
    );
  });

  it('if not even the smallest batch fits, the message names only images and backbone', () => {
    expect(() => checkRun(dataset, config, MB)).toThrow(/at once: choose smaller images or a smaller backbone\.$/);
  });

  /** Widths at which the layers are small compared to the tested tensors. */
  const small: RunConfig = { ...presetConfig('tiny', 'folder'), batchSize: 4, outputDim: 4096 };

  const train = indicesOf(dataset, TRAIN).length;
  it.each([
    [
      'the moving average of every image',
      { method: 'simsiam', movingAverageTarget: true },
      new RegExp(
        `^The moving average of the outputs takes 1 MB for 4096 outputs of each of ${train} images, .* choose at most ${Math.floor((4096 * 50) / train)} outputs or 50 training images, or no moving average\\.$`,
      ),
    ],
    [
      'the queue of SwAV',
      { method: 'swav', queueLength: 64 },
      /^The queue or its scores takes 2 MB for a queue of 64 and a batch of 4, .* choose a queue of at most 46, or fewer outputs and prototypes\.$/,
    ],
  ] as const)('an adapter that does not take in %s is told so', (_, settings, message) => {
    const images = { ...dataset, size: small.imageSize };
    const run = { ...small, ...settings };
    expect(() => checkRun(images, run, 4096 * 4 * 50)).toThrow(message);
    expect(() => checkRun(images, run, 4096 * 4 * 68)).not.toThrow();
  });

  it('for an adapter that cannot hold SimCLR’s similarities, the message says so', () => {
    const run: RunConfig = { ...presetConfig('tiny', 'folder'), method: 'simclr', batchSize: 4096 };
    const many = syntheticDataset(3 * 4096);
    expect(() => checkRun(many, run, 4 * 8192 ** 2 - 1)).toThrow(/choose a batch of at most 4095\.$/);
    expect(() => checkRun(many, run, 4 * 8192 ** 2)).not.toThrow();
  });
});
