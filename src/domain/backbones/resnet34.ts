import { describeBackbone } from './backboneDescription';
import { basicBlock } from './residualBlocks';
import { residualNetwork } from './residualNetwork';
import { resnetOptions } from './residualOptions';

const STAGES = { widths: [64, 128, 256, 512], blocks: [3, 4, 6, 3], strides: [1, 2, 2, 2] };

/** ResNet-34 as in torchvision. */
export const resnet34 = describeBackbone({
  title: 'ResNet-34',
  options: resnetOptions,
  featureDim: 512,
  layers: (_imageSize, options) => residualNetwork(STAGES, basicBlock, options),
});
