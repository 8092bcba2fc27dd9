import type { BackboneName } from '../../../domain/backbones/registry';
import type { RunConfig } from '../../../domain/runConfig';
import type { ResNetShape } from './resnet';

const SHAPES: Record<BackboneName, Pick<ResNetShape, 'widths' | 'blocks' | 'strides'>> = {
  /** Fits 0.3 GFLOP a step at batch 32 with stem stride 2. */
  tiny: { widths: [8, 16, 24], blocks: [1, 1, 1], strides: [1, 2, 2] },
  small: { widths: [16, 32, 64], blocks: [1, 1, 1], strides: [1, 2, 2] },
  /** ResNet-18 as used for CIFAR: 3x3 stem, no max-pool. */
  resnet18: { widths: [64, 128, 256, 512], blocks: [2, 2, 2, 2], strides: [1, 2, 2, 2] },
};

export function backboneShape(config: Pick<RunConfig, 'backbone' | 'stemStride' | 'zeroInitResidual'>): ResNetShape {
  return { ...SHAPES[config.backbone], stemStride: config.stemStride, zeroInitResidual: config.zeroInitResidual };
}
