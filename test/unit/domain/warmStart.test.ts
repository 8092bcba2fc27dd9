import { expect, it } from 'vitest';
import { countOfFrozen, isFrozen } from '../../../src/domain/backbones/freezing';
import { presetConfig } from '../../../src/domain/presets';
import { decodeShareLink, encodeShareLink, type SharedRun } from '../../../src/domain/shareLink';
import { beginsAlike, type WarmStart } from '../../../src/domain/warmStart';
import { fingerprintOfWeights } from '../../../src/domain/weightsFingerprint';
import { backboneOf } from '../../../src/engine/network/networkLayers';
import { networkDifferences, withNetworkOf } from '../../../src/engine/run/startingWeights';
import { parseRunRecord } from '../../../src/storage/runRecord';

const warmStart: WarmStart = {
  name: 'resnet 18 & more.safetensors',
  fingerprint: '0f'.repeat(32),
  mean: [0.485, 0.456, 0.1 + 0.2],
  std: [0.229, 0.224, 0.225],
};
const run: SharedRun = { config: presetConfig('tiny', 'fashion-mnist'), changes: [], folder: null, warmStart };

it('a link names the weights of its run to the last digit, and says that it does not hold them', () => {
  const { run: read, notices } = decodeShareLink(encodeShareLink(run));
  expect(read).toEqual(run);
  expect(notices).toHaveLength(1);
  expect(notices[0]).toContain('“resnet 18 & more.safetensors”, which a link does not hold: open that file');
  const { warmStart: _, ...cold } = run;
  expect(decodeShareLink(encodeShareLink(cold))).toEqual({ run: cold, notices: [] });
});

it.each(['{', '["a"]', '["a","xyz",[0,0,0],[1,1,1]]', `["a","${'0f'.repeat(32)}",[0,0,0],[1,0,1]]`])(
  'a link whose weights cannot be read (%s) says so',
  (text) => {
    const { warmStart: _, ...cold } = run;
    const { run: read, notices } = decodeShareLink(`${encodeShareLink(cold)}&weights=${encodeURIComponent(text)}`);
    expect(read).toEqual(cold);
    expect(notices).toEqual([expect.stringContaining('could not be read: the backbone begins with random ones')]);
  },
);

it('a record keeps the weights that its run began with, and one without them has none', () => {
  const record = {
    ...{ version: 1, id: 'a', name: null, created: 1, config: run.config, changes: [], steps: 3, state: 'stopped' },
    dataset: { name: 'Fashion-MNIST', count: 10, sample: 'fashion-mnist', fingerprint: null },
    ...{ parent: null, engine: null, markers: [], diagnosis: null, baselines: null, final: {}, evaluation: null },
  };
  expect(parseRunRecord({ ...record, warmStart })?.warmStart).toEqual(warmStart);
  expect(parseRunRecord(record)).not.toBeNull();
  expect(parseRunRecord(record)?.warmStart).toBeUndefined();
});

it('runs begin alike with the same file and normalisation, whatever the file is named', () => {
  expect(beginsAlike(warmStart, { ...warmStart, name: 'other' })).toBe(true);
  expect(beginsAlike(undefined, null)).toBe(true);
  expect(beginsAlike(warmStart, undefined)).toBe(false);
  expect(beginsAlike(warmStart, { ...warmStart, fingerprint: '1f'.repeat(32) })).toBe(false);
  expect(beginsAlike(warmStart, { ...warmStart, std: [0.2, 0.224, 0.225] })).toBe(false);
});

it('a file is recognised by the SHA-256 of its bytes', async () => {
  // FIPS 180-2, appendix B.1.
  expect(await fingerprintOfWeights(new TextEncoder().encode('abc'))).toBe(
    'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
  );
});

it('frozen stages are the stem and the first ones, and frozen BN is that of the backbone', () => {
  const all = { frozenStages: 2, frozenBatchNorm: false };
  const frozen = (name: string, freezing = all) => isFrozen(name, freezing);
  expect(frozen('encoder.stem.conv.kernel')).toBe(true);
  expect(frozen('encoder.stage2.block0.bn1.gamma')).toBe(true);
  expect(frozen('encoder.stage3.block0.conv1.kernel')).toBe(false);
  expect(frozen('projector.layer1.kernel')).toBe(false);
  const batchNorm = { frozenStages: 0, frozenBatchNorm: true };
  expect(frozen('encoder.stem.conv.kernel', batchNorm)).toBe(false);
  expect(frozen('encoder.stem.bn.beta', batchNorm)).toBe(true);
  expect(frozen('projector.bn1.gamma', batchNorm)).toBe(false);
  const { layers } = backboneOf(presetConfig('resnet18', 'folder'));
  const counts = [0, 1, 4].map((frozenStages) => countOfFrozen(layers, { frozenStages, frozenBatchNorm: false }));
  // Convolution and BN of the stem, two blocks a stage, and the mean over the pixels.
  expect(counts).toEqual([0, 4, layers.length]);
  expect(countOfFrozen(layers, batchNorm)).toBe(0);
});

it('a run takes the network of the weights, and says what differs', () => {
  const encoder = { ...presetConfig('photos', 'folder'), backbone: 'resnet34', imageSize: 64 } as const;
  const config = withNetworkOf(presetConfig('tiny', 'folder'), encoder);
  expect(config).toMatchObject({ backbone: 'resnet34', stem: 'imagenet', imageSize: 64 });
  expect(networkDifferences(config, encoder)).toEqual([]);
  expect(networkDifferences({ ...config, stem: 'cifar' }, encoder)).toEqual(['stem']);
  expect(networkDifferences({ ...config, backbone: 'resnet18' }, encoder)).toEqual(['backbone']);
});
