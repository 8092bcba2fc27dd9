import { describe, expect, it } from 'vitest';
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
  it('an adapter that takes in the largest activation will do', () => {
    expect(dataset.size).toBe(32);
    expect(() => checkRun(dataset, config, bytes)).not.toThrow();
    expect(() => checkRun(dataset, config, Number.POSITIVE_INFINITY)).not.toThrow();
  });

  it('a smaller one is told the batch it can take, which then does', () => {
    expect(() => checkRun(dataset, config, bytes - 4)).toThrow(
      'The largest layer takes 8 MB for a batch of 16, and this adapter can use no more than 7 MB at once: choose a batch of at most 15, or smaller images or a smaller backbone.',
    );
    expect(() => checkRun(dataset, { ...config, batchSize: 15 }, bytes - 4)).not.toThrow();
  });

  it('one that takes not even the smallest batch is told of images and backbone alone', () => {
    expect(() => checkRun(dataset, config, MB)).toThrow(/at once: choose smaller images or a smaller backbone\.$/);
  });
});
