import { describeBackbone } from './backboneDescription';
import { basicBlock } from './residualBlocks';
import { residualNetwork } from './residualNetwork';
import { residualOptions } from './residualOptions';

const STAGES = { widths: [16, 32, 64], blocks: [1, 1, 1], strides: [1, 2, 2] };

/** The default: learns something within minutes on a laptop. */
export const small = describeBackbone({
  title: 'small ResNet',
  options: residualOptions,
  featureDim: 64,
  layers: (_imageSize, options) => residualNetwork(STAGES, basicBlock, { ...options, stem: 'cifar' }),
});
