import { describeBackbone } from './backboneDescription';
import { basicBlock } from './residualBlocks';
import { residualNetwork } from './residualNetwork';
import { residualOptions } from './residualOptions';

const STAGES = { widths: [8, 16, 24], blocks: [1, 1, 1], strides: [1, 2, 2] };

/** For software adapters and tests: at most 0.3 GFLOP a step at batch 32 with stem stride 2. */
export const tiny = describeBackbone({
  title: 'tiny ResNet',
  options: residualOptions,
  featureDim: 24,
  layers: (_imageSize, options) => residualNetwork(STAGES, basicBlock, { ...options, stem: 'cifar' }),
});
