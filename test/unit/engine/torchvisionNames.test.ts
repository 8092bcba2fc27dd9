import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { BACKBONE_NAMES } from '../../../src/domain/backbones/registry';
import { presetConfig } from '../../../src/domain/presets';
import { buildLayers } from '../../../src/engine/network/buildLayers';
import { backboneOf } from '../../../src/engine/network/networkLayers';
import { Parameters } from '../../../src/engine/network/nn/parameters';
import { torchvisionNames } from '../../../src/engine/network/torchvisionNames';
import { seededRandom } from '../../../src/engine/random';

beforeAll(async () => {
  await tf.setBackend('cpu');
});

describe.each(BACKBONE_NAMES)('backbone %s', (backbone) => {
  const { layers } = backboneOf({ ...presetConfig('small'), backbone });
  const names = torchvisionNames(layers);

  it('has a name for each of its tensors and for nothing else', () => {
    const parameters = new Parameters();
    buildLayers(parameters, layers, seededRandom(1));
    const built = parameters.entries().map(([name]) => name);
    expect(names.map(({ ours }) => ours).sort()).toEqual(built.sort());
    parameters.dispose();
  });

  it('gives no name twice, and none of ours', () => {
    const theirs = names.map(({ torchvision }) => torchvision);
    expect(new Set(theirs).size).toBe(theirs.length);
    expect(theirs.filter((name) => /encoder|stage|shortcut|kernel/.test(name))).toEqual([]);
  });
});

it('ResNet-18 has the names of torchvision’s state dict', () => {
  const names = torchvisionNames(backboneOf(presetConfig('resnet18')).layers);
  const theirs = names.map(({ torchvision }) => torchvision);
  // 20 convolutions with a weight, and 20 BN layers with four tensors each.
  expect(theirs).toHaveLength(100);
  expect(theirs).toEqual(
    expect.arrayContaining([
      'conv1.weight',
      'bn1.weight',
      'bn1.bias',
      'bn1.running_mean',
      'bn1.running_var',
      'layer1.0.conv1.weight',
      'layer1.1.bn2.running_var',
      'layer2.0.conv1.weight',
      'layer2.0.downsample.0.weight',
      'layer2.0.downsample.1.running_mean',
      'layer4.1.conv2.weight',
    ]),
  );
  expect(theirs.some((name) => name.startsWith('layer1.0.downsample'))).toBe(false);
});
