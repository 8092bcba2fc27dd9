import { z } from '../zod';
import { setting } from './setting';

/** Sizes of the heads. Every method has these settings and may override their defaults. */
export const HEADS = {
  outputDim: setting('heads', z.int().min(2).max(4096), {
    label: 'Output d',
    help: 'Dimension of z and p. Outputs spread evenly over the sphere have a std of 1/√d. ImageNet: 65.3 % with 256, 68.1 with 2048 (App. B).',
    source: 'App. D',
    value: 256,
    inPreset: { tiny: 64, resnet18: 2048, photos: 2048, paper: 2048, imagenet: 2048 },
  }),
  projectorLayers: setting('heads', z.literal([2, 3]), {
    label: 'Projector layers',
    help: 'Layers of the projection MLP at the end of the encoder. The paper has 3 on ImageNet and 2 on CIFAR-10.',
    labels: { 2: '2 layers', 3: '3 layers' },
    source: 'App. D',
    value: 3,
    inPreset: { tiny: 2, resnet18: 2, photos: 2, paper: 2 },
  }),
  projectorHidden: setting('heads', z.int().min(2).max(4096), {
    label: 'Projector width',
    help: 'Width of the projector’s hidden layers.',
    source: 'Sec. 3',
    value: 256,
    inPreset: { tiny: 64, resnet18: 2048, photos: 2048, paper: 2048, imagenet: 2048 },
  }),
};
