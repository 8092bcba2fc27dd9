import { expect, it } from 'vitest';
import { presetConfig } from '../../../src/domain/presets';
import { KEPT_BY_PRESET, withPreset } from '../../../src/session/run/rebase';

it('choosing a preset keeps the settings that are not part of it: engine, precision and seed', () => {
  const edited = {
    ...presetConfig('tiny', 'emoji-3d', 'byol'),
    engine: 'webgpu',
    precision: 'f16',
    seed: 7,
    batchSize: 48,
  } as const;
  expect(withPreset(edited, 'small')).toEqual({
    ...presetConfig('small', 'emoji-3d', 'byol'),
    engine: 'webgpu',
    precision: 'f16',
    seed: 7,
  });
  expect([...KEPT_BY_PRESET].sort()).toEqual(['engine', 'precision', 'seed']);
});
