import { expect, it } from 'vitest';
import { presetConfig } from '../../../src/domain/presets';
import { foreignNames } from '../../../src/engine/network/foreignNames';
import { huggingFaceName, huggingFaceResNet } from '../../../src/engine/network/huggingFaceNames';
import { backboneOf } from '../../../src/engine/network/networkLayers';
import { torchvisionNames } from '../../../src/engine/network/torchvisionNames';

const layersOf = (backbone: 'resnet18' | 'resnet34' | 'resnet50', stem: 'cifar' | 'imagenet' = 'imagenet') =>
  backboneOf({ ...presetConfig('imagenet', 'folder'), backbone, stem }).layers;

it.each([
  ['conv1.weight', 'embedder.embedder.convolution.weight'],
  ['bn1.running_mean', 'embedder.embedder.normalization.running_mean'],
  ['layer1.0.downsample.0.weight', 'encoder.stages.0.layers.0.shortcut.convolution.weight'],
  ['layer2.0.downsample.1.bias', 'encoder.stages.1.layers.0.shortcut.normalization.bias'],
  ['layer3.5.conv3.weight', 'encoder.stages.2.layers.5.layer.2.convolution.weight'],
  ['layer4.2.bn2.num_batches_tracked', 'encoder.stages.3.layers.2.layer.1.normalization.num_batches_tracked'],
])('%s is %s', (torchvision, theirs) => {
  expect(huggingFaceName(torchvision)).toBe(theirs);
});

it.each(['resnet18', 'resnet34', 'resnet50'] as const)('every tensor of %s has a name of its own', (backbone) => {
  const names = torchvisionNames(layersOf(backbone)).map(({ torchvision }) => huggingFaceName(torchvision));
  expect(new Set(names).size).toBe(names.length);
  const pattern =
    /^(embedder\.embedder|encoder\.stages\.\d\.layers\.\d\.(layer\.\d|shortcut))\.(convolution|normalization)\.\w+$/;
  expect(names.filter((name) => !pattern.test(name))).toEqual([]);
  // The reader of other people's weights takes them back.
  const read = foreignNames(new Map(names.map((name) => [name, null])));
  expect([...read.tensors.keys()]).toEqual(torchvisionNames(layersOf(backbone)).map(({ torchvision }) => torchvision));
});

it('describes the network as the config.json of a ResNetModel does', () => {
  const common = {
    num_channels: 3,
    embedding_size: 64,
    hidden_act: 'relu',
    downsample_in_first_stage: false,
    downsample_in_bottleneck: false,
  };
  expect(huggingFaceResNet(layersOf('resnet50'))).toEqual({
    ...common,
    hidden_sizes: [256, 512, 1024, 2048],
    depths: [3, 4, 6, 3],
    layer_type: 'bottleneck',
  });
  expect(huggingFaceResNet(layersOf('resnet34'))).toEqual({
    ...common,
    hidden_sizes: [64, 128, 256, 512],
    depths: [3, 4, 6, 3],
    layer_type: 'basic',
  });
});

it('has no network with the CIFAR stem', () => {
  expect(huggingFaceResNet(layersOf('resnet18', 'cifar'))).toBeNull();
});
