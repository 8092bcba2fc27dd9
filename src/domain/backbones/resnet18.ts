import { describeBackbone } from './backboneDescription';
import { basicBlock } from './residualBlocks';
import { residualNetwork } from './residualNetwork';
import { resnetOptions } from './residualOptions';

const STAGES = { widths: [64, 128, 256, 512], blocks: [2, 2, 2, 2], strides: [1, 2, 2, 2] };

/** ResNet-18: with the CIFAR stem as in App. D, with the ImageNet stem as in torchvision. */
export const resnet18 = describeBackbone({
  title: 'ResNet-18',
  options: resnetOptions,
  featureDim: 512,
  layers: (_imageSize, options) => residualNetwork(STAGES, basicBlock, options),
});
