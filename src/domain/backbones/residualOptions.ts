import { setting } from '../settings/setting';
import { z } from '../zod';
import { CONVOLUTION_INITS } from './layer';

/** Options of a residual network. */
export const residualOptions = {
  stemStride: setting('network', z.literal([1, 2]), {
    label: 'Stem stride',
    help: 'Stride of the first convolution of the 3×3 stem. 2 makes all later layers four times cheaper and loses fine detail.',
    labels: { 1: '1: full resolution', 2: '2: a quarter of the cost' },
    source: 'App. D',
    value: 2,
    inPreset: { resnet18: 1, paper: 1 },
  }),
  zeroInitResidual: setting('network', z.boolean(), {
    label: 'Zero-init last BN',
    help: 'The scale of the last batch normalisation in each residual block starts at 0, so that the block starts as the identity.',
    source: 'App. A',
    value: true,
  }),
  convolutionInit: setting('network', z.enum(CONVOLUTION_INITS), {
    label: 'Initial convolution weights',
    help: 'How the first weights of the convolutions are drawn: PyTorch’s default, uniform within ±1/√(k²·in), or torchvision’s for ResNets, normal with variance 2/(k²·out), which the official code uses.',
    labels: { uniformFanIn: 'PyTorch’s default', normalFanOut: 'torchvision’s for ResNets' },
    source: 'App. A',
    value: 'uniformFanIn',
    inPreset: { paper: 'normalFanOut', imagenet: 'normalFanOut' },
    formerly: 'uniformFanIn',
  }),
};

/** The first layers of a ResNet: one 3x3 convolution for small images, or torchvision's 7x7 convolution at stride 2 and max-pooling. */
const STEMS = ['cifar', 'imagenet'] as const;
export type Stem = (typeof STEMS)[number];

/** Options of the standard ResNets. */
export const resnetOptions = {
  stem: setting('network', z.enum(STEMS), {
    label: 'Stem',
    help: 'The first layers. For small images (CIFAR): one 3×3 convolution. As on ImageNet: a 7×7 convolution at stride 2 and max-pooling, a quarter of the side, for pictures of 96 pixels and more; ResNets of torchvision, timm and Hugging Face have it.',
    labels: { cifar: '3×3, for small images', imagenet: '7×7 and max-pooling, as on ImageNet' },
    source: 'App. D',
    value: 'cifar',
    inPreset: { photos: 'imagenet', imagenet: 'imagenet' },
    formerly: 'cifar',
  }),
  ...residualOptions,
};
