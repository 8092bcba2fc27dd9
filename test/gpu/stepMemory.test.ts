import { expect, it } from 'vitest';
import { presetConfig } from '../../src/domain/presets';
import type { RunConfig } from '../../src/domain/runConfig';
import { stepMemory } from '../../src/engine/run/stepMemory';
import { Trainer } from '../../src/engine/run/trainer';
import { describeOnEngines } from '../setup/engine';
import { sampleOf } from '../setup/matrix';
import { syntheticDataset } from '../setup/syntheticDataset';

const dataset = syntheticDataset(160);

const CASES: readonly (readonly [string, RunConfig])[] = [
  ['small', presetConfig('small', 'folder')],
  ['small, BYOL', presetConfig('small', 'folder', 'byol')],
  ['small in four parts', { ...presetConfig('small', 'folder'), microBatches: 4 }],
  [
    'ResNet-18 with the ImageNet stem',
    { ...presetConfig('photos', 'folder'), batchSize: 16, imageSize: 64, sourceSize: 64 },
  ],
];

describeOnEngines(['wasm'], 'the memory that a step needs', () => {
  it.each(sampleOf(CASES, (_, i) => i < 3))('is about what is told before, for %s', async (_, settings) => {
    const { knn, probe } = settings;
    const config: RunConfig = { ...settings, knn: { ...knn, every: 0 }, probe: { ...probe, every: 0 } };
    let measured = 0;
    const trainer = new Trainer(dataset, config, [], ({ kind, value }) => {
      if (kind === 'resources') measured = value.gpuBytes;
    });
    await trainer.advance();
    await trainer.flush();
    trainer.dispose();
    const ratio = stepMemory(config) / measured;
    expect(ratio).toBeGreaterThan(0.6);
    expect(ratio).toBeLessThan(1.8);
  });
});
