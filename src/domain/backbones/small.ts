import { describeBackbone } from './backboneDescription';
import { basicBlockOptions, basicBlocks } from './basicBlocks';

/** The default: learns something within minutes on a laptop. */
export const small = describeBackbone({
  title: 'small ResNet',
  options: basicBlockOptions,
  featureDim: 64,
  layers: (_imageSize, options) =>
    basicBlocks({ widths: [16, 32, 64], blocks: [1, 1, 1], strides: [1, 2, 2] }, options),
});
