import { describe, expect, it } from 'vitest';
import { presetConfig } from '../../../src/domain/presets';
import type { RunConfig } from '../../../src/domain/runConfig';
import { gflopPerStep } from '../../../src/engine/network/cost';

describe('cost of a step', () => {
  it('the tiny preset fits a software adapter: at most 0.3 GFLOP at a batch of at least 32', () => {
    const tiny = presetConfig('tiny');
    expect(tiny.batchSize).toBeGreaterThanOrEqual(32);
    expect(gflopPerStep(tiny)).toBeLessThanOrEqual(0.3);
    expect(gflopPerStep(tiny)).toBeGreaterThan(0.1);
  });

  it('agrees with a network counted by hand', () => {
    // 32 x 32, stem 3 -> 16 at stride 1; three stages of one block, 16, 32 and 64 wide, at 32, 16 and 8 pixels.
    const config: RunConfig = {
      ...presetConfig('small'),
      stemStride: 1,
      batchSize: 1,
      predictor: 'none',
      projectorLayers: 2,
      projectorHidden: 256,
      outputDim: 256,
    };
    const stem = 1024 * 27 * 16;
    const stages =
      1024 * 2 * 9 * 16 * 16 + 256 * (9 * 16 * 32 + 9 * 32 * 32 + 16 * 32) + 64 * (9 * 32 * 64 + 9 * 64 * 64 + 32 * 64);
    const projector = 64 * 256 + 256 * 256;
    expect(gflopPerStep(config)).toBeCloseTo((2 * 2 * (2 * stem + 3 * (stages + projector))) / 1e9, 12);
  });
});
