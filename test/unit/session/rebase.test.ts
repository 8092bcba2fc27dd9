import { expect, it } from 'vitest';
import { presetConfig } from '../../../src/domain/presets';
import { KEPT_BY_PRESET, rebased, withPreset } from '../../../src/session/run/rebase';

it('choosing a preset keeps the settings that are not part of it: engine, images, precision and seed', () => {
  const edited = {
    ...presetConfig('tiny', 'emoji-3d', 'byol'),
    engine: 'webgpu',
    precision: 'f16',
    seed: 7,
    images: 1500,
    batchSize: 48,
  } as const;
  expect(withPreset(edited, 'small')).toEqual({
    ...presetConfig('small', 'emoji-3d', 'byol'),
    engine: 'webgpu',
    precision: 'f16',
    seed: 7,
    images: 1500,
  });
  expect([...KEPT_BY_PRESET].sort()).toEqual(['engine', 'images', 'precision', 'seed']);
});

it('another data set is used whole', () => {
  const edited = { ...presetConfig('tiny', 'fashion-mnist'), images: 1500, batchSize: 48 };
  expect(rebased(edited, 'small', 'fashion-mnist')).toMatchObject({ images: 1500, batchSize: 48 });
  expect(rebased(edited, 'tiny', 'emoji-3d')).toMatchObject({ images: 0, batchSize: 48 });
});
