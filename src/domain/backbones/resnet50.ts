import { describeBackbone } from './backboneDescription';
import { bottleneck } from './residualBlocks';
import { residualNetwork } from './residualNetwork';
import { resnetOptions } from './residualOptions';

const STAGES = { widths: [64, 128, 256, 512], blocks: [3, 4, 6, 3], strides: [1, 2, 2, 2] };

/** ResNet-50 as in torchvision: the backbone of the paper on ImageNet (Sec. 3). */
export const resnet50 = describeBackbone({
  title: 'ResNet-50',
  options: resnetOptions,
  featureDim: 2048,
  layers: (_imageSize, options) => residualNetwork(STAGES, bottleneck, options),
});
