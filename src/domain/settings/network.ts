import { BACKBONE_NAMES, BACKBONE_OPTIONS, BACKBONE_TITLES } from '../backbones/registry';
import { z } from '../zod';
import { setting } from './setting';

/** The residual network inside the encoder f. */
export const NETWORK = {
  backbone: setting('network', z.enum(BACKBONE_NAMES), {
    label: 'Backbone',
    help: 'The residual network inside the encoder f. Its features are what is used after training; the heads are discarded.',
    labels: BACKBONE_TITLES,
    source: 'App. D',
    value: 'small',
    inPreset: { tiny: 'tiny', resnet18: 'resnet18', photos: 'resnet18', paper: 'resnet18', imagenet: 'resnet50' },
  }),
  ...BACKBONE_OPTIONS,
};
