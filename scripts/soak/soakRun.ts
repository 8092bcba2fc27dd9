import { presetConfig } from '../../src/domain/presets';
import type { RunConfig } from '../../src/domain/runConfig';

/** Steps between two checkpoints. */
export const CHECKPOINT_EVERY = 25;

/** Images of noise that the run trains on, and their side in pixels. */
export const IMAGES = { count: 64, side: 32 } as const;

/** A run with the smallest network, which measures all that needs no labels. */
export function soakRun(totalSteps: number): RunConfig {
  return {
    ...presetConfig('tiny', 'folder'),
    outputDim: 16,
    projectorHidden: 16,
    predictorHidden: 8,
    batchSize: 4,
    totalSteps,
    sourceSize: 'square',
    imageSize: IMAGES.side,
    knn: { every: 50, k: 5, temperature: 0.1, bank: 16, queries: 8 },
    probe: { every: 10, images: 16 },
  };
}
