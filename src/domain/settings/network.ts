import { z } from 'zod';
import { setting } from './setting';

/** The residual network inside the encoder f. */
export const NETWORK = {
  backbone: setting('network', z.enum(['tiny', 'small', 'resnet18']), {
    label: 'Backbone',
    help: 'The residual network inside the encoder f. Its features are what is used after training; the heads are discarded.',
    labels: { tiny: 'tiny ResNet', small: 'small ResNet', resnet18: 'ResNet-18' },
    source: 'App. D',
    value: 'small',
    inPreset: { tiny: 'tiny', resnet18: 'resnet18', paper: 'resnet18' },
  }),
  stemStride: setting('network', z.literal([1, 2]), {
    label: 'Stem stride',
    help: 'Stride of the first convolution. 2 makes all later layers four times cheaper and loses fine detail.',
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
};
