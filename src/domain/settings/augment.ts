import { z } from '../zod';
import { setting } from './setting';

const unit = z.number().min(0).max(1);
const sigma = z.number().min(0.05).max(4);
const area = z.number().min(0.01).max(1);

/** The official augmentations, by default without blur, as in the paper for 32 × 32 (App. A and D). */
export const AUGMENT = {
  /** RandomResizedCrop: area share drawn from [scaleMin, scaleMax], aspect ratio log-uniform in [ratioMin, ratioMax]. */
  crop: {
    enabled: setting('augment', z.boolean(), {
      label: 'Random crop',
      help: 'Cuts out a random part of the image and resizes it to the full size.',
      source: 'App. A',
      value: true,
    }),
    scaleMin: setting('augment', area, {
      label: 'Smallest area',
      help: 'Smallest share of the image’s area that a crop covers.',
      step: 0.05,
      source: 'App. A',
      value: 0.2,
    }),
    scaleMax: setting('augment', area, {
      label: 'Largest area',
      help: 'Largest share of the image’s area that a crop covers.',
      step: 0.05,
      source: 'App. A',
      value: 1,
    }),
    ratioMin: setting('augment', z.number().min(0.1).max(1), {
      label: 'Narrowest',
      help: 'Smallest ratio of width to height of a crop.',
      step: 0.05,
      source: 'App. A',
      value: 3 / 4,
    }),
    ratioMax: setting('augment', z.number().min(1).max(10), {
      label: 'Widest',
      help: 'Largest ratio of width to height of a crop.',
      step: 0.05,
      source: 'App. A',
      value: 4 / 3,
    }),
  },
  flip: {
    enabled: setting('augment', z.boolean(), {
      label: 'Horizontal flip',
      help: 'Mirrors left and right.',
      source: 'App. A',
      value: true,
    }),
    probability: setting('augment', unit, {
      label: 'Probability',
      help: 'Share of the views that are flipped.',
      step: 0.05,
      source: 'App. A',
      value: 0.5,
    }),
  },
  /** ColorJitter with its four steps in random order; hue in turns. Grey pictures have no saturation and no hue to change. */
  jitter: {
    enabled: setting('augment', z.boolean(), {
      label: 'Colour jitter',
      help: 'Changes brightness, contrast, saturation and hue, in random order.',
      source: 'App. A',
      value: true,
    }),
    probability: setting('augment', unit, {
      label: 'Probability',
      help: 'Share of the views whose colours are changed.',
      step: 0.05,
      source: 'App. A',
      value: 0.8,
    }),
    brightness: setting('augment', unit, {
      label: 'Brightness',
      help: 'Brightness is multiplied by a factor drawn from 1 ± this.',
      step: 0.05,
      source: 'App. A',
      value: 0.4,
    }),
    contrast: setting('augment', unit, {
      label: 'Contrast',
      help: 'Contrast is multiplied by a factor drawn from 1 ± this.',
      step: 0.05,
      source: 'App. A',
      value: 0.4,
    }),
    saturation: setting('augment', unit, {
      label: 'Saturation',
      help: 'Saturation is multiplied by a factor drawn from 1 ± this.',
      step: 0.05,
      source: 'App. A',
      value: 0.4,
      onDataset: { 'fashion-mnist': () => 0 },
    }),
    hue: setting('augment', z.number().min(0).max(0.5), {
      label: 'Hue',
      help: 'Hue is turned around the colour wheel by an angle drawn from ± this; 0.5 is half a turn.',
      step: 0.05,
      source: 'App. A',
      value: 0.1,
      // Classes of emoji differ by colour.
      onDataset: { 'fashion-mnist': () => 0, 'emoji-3d': () => 0 },
    }),
  },
  grayscale: {
    enabled: setting('augment', z.boolean(), {
      label: 'Greyscale',
      help: 'Turns a view grey.',
      source: 'App. A',
      value: true,
      onDataset: { 'fashion-mnist': () => false, 'emoji-3d': () => false },
    }),
    probability: setting('augment', unit, {
      label: 'Probability',
      help: 'Share of the views that are turned grey.',
      step: 0.05,
      source: 'App. A',
      value: 0.2,
    }),
  },
  /** Gaussian blur, sigma in pixels. */
  blur: {
    enabled: setting('augment', z.boolean(), {
      label: 'Gaussian blur',
      help: 'Blurs a view. The paper does not use it at 32 × 32.',
      source: 'App. D',
      value: false,
      inPreset: { photos: true, imagenet: true },
    }),
    probability: setting('augment', unit, {
      label: 'Probability',
      help: 'Share of the views that are blurred.',
      step: 0.05,
      source: 'App. A',
      value: 0.5,
    }),
    sigmaMin: setting('augment', sigma, {
      label: 'Least sigma',
      help: 'Smallest standard deviation of the blur in pixels.',
      step: 0.05,
      source: 'App. A',
      value: 0.1,
    }),
    sigmaMax: setting('augment', sigma, {
      label: 'Most sigma',
      help: 'Largest standard deviation of the blur in pixels.',
      step: 0.05,
      source: 'App. A',
      value: 2,
    }),
    kernel: setting('augment', z.enum(['sigma', 'side']), {
      label: 'Blur kernel',
      help: 'How many pixels the blur reaches. With 10 % of the side it is 3 pixels wide at 32 × 32, and a sigma of 2 blurs only as much as one of 0.8.',
      labels: { sigma: 'three sigma a side', side: '10 % of the side' },
      source: 'App. A',
      value: 'sigma',
      formerly: 'side',
    }),
  },
};
