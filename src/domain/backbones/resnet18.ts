import { describeBackbone } from './backboneDescription';
import { basicBlockOptions, basicBlocks } from './basicBlocks';

/** ResNet-18 as used for CIFAR (App. D): 3x3 stem, no max-pool. */
export const resnet18 = describeBackbone({
  title: 'ResNet-18',
  options: basicBlockOptions,
  featureDim: 512,
  layers: (_imageSize, options) =>
    basicBlocks({ widths: [64, 128, 256, 512], blocks: [2, 2, 2, 2], strides: [1, 2, 2, 2] }, options),
});
