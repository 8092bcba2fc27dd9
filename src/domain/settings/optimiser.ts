import { MOST_STAGES } from '../backbones/freezing';
import { MOST_PARTS } from '../microBatch';
import { z } from '../zod';
import { setting } from './setting';

/** SGD and the length of the run. Every method has these settings and may override their defaults. */
export const OPTIMISER = {
  batchSize: setting('optimiser', z.int().min(4).max(4096), {
    label: 'Batch size',
    help: 'Images per step, two views of each. In the paper 128 to 2048 give nearly the same accuracy, 67.3 to 68.1 %; 64 gives 66.1, 4096 64.0 (Table 2).',
    source: 'App. D',
    value: 64,
    inPreset: { tiny: 32, resnet18: 256, paper: 512, imagenet: 256 },
  }),
  microBatches: setting('optimiser', z.int().min(1).max(MOST_PARTS), {
    label: 'Gradient accumulation',
    help: 'In how many parts a batch is computed, one after the other, with the mean of their gradients: a batch whose activations do not fit in memory can be trained on. BN has the statistics of a part; SimCLR, SwAV and Barlow Twins compare the images of a part.',
    source: null,
    value: 1,
    formerly: 1,
  }),
  totalSteps: setting('optimiser', z.int().min(1).max(10_000_000), {
    label: 'Length of the run',
    help: 'Steps until the run is finished; the cosine schedule reaches 0 there. More steps continue a finished run, fewer than it has done finish it. The paper trains for 800 epochs on CIFAR-10.',
    step: 100,
    source: 'App. D',
    live: true,
    value: 8000,
    inPreset: {
      tiny: 1000,
      resnet18: 4000,
      photos: 4000,
      // 800 epochs of CIFAR-10 in batches of 512.
      paper: 800 * Math.floor(50_000 / 512),
      // 100 epochs of ImageNet in batches of 256.
      imagenet: 100 * Math.floor(1_281_167 / 256),
    },
  }),
  baseLearningRate: setting('optimiser', z.number().min(0).max(100), {
    label: 'Base learning rate',
    help: 'Learning rate for a batch of 256; the rate used is this × batch/256. The paper’s rate is for hundreds of epochs; a short run on small images needs about 0.5.',
    step: 0.01,
    source: 'App. D',
    live: true,
    value: 0.5,
    inPreset: { resnet18: 0.12, photos: 0.12, paper: 0.03, imagenet: 0.05 },
    onDataset: { 'emoji-3d': (rate) => Math.min(rate, 0.3) },
    shownBefore: 'batchSize',
  }),
  momentum: setting('optimiser', z.number().min(0).max(0.9999), {
    label: 'Momentum',
    help: 'Share of the last update that SGD adds to the next.',
    step: 0.01,
    source: 'Sec. 3',
    value: 0.9,
  }),
  weightDecay: setting('optimiser', z.number().min(0).max(1), {
    label: 'Weight decay',
    help: 'Adds this share of each weight to its gradient, BN scales and biases included.',
    step: 0.0001,
    source: 'App. D',
    value: 5e-4,
    inPreset: { photos: 1e-4, imagenet: 1e-4 },
  }),
  backboneRate: setting('optimiser', z.number().min(0).max(1), {
    label: 'Backbone’s learning rate',
    help: 'Share of the learning rate that the backbone gets; the heads get all of it. Below 1, a backbone that begins from trained weights changes less.',
    step: 0.05,
    source: null,
    value: 1,
    formerly: 1,
  }),
  frozenStages: setting('optimiser', z.int().min(0).max(MOST_STAGES), {
    label: 'Frozen stages',
    help: 'The stem and so many of the first stages of the backbone keep the weights they begin with, and their BN its moving statistics; no gradient is computed for them. 0: all are trained.',
    source: null,
    value: 0,
    formerly: 0,
  }),
  frozenBatchNorm: setting('optimiser', z.boolean(), {
    label: 'Frozen BN in the backbone',
    help: 'BN of the backbone normalises with the moving statistics that it begins with, and its scales and shifts are not trained. For a backbone that begins from trained weights, above all with small batches.',
    source: null,
    value: false,
    formerly: false,
  }),
  schedule: setting('optimiser', z.enum(['cosine', 'constant']), {
    label: 'Schedule',
    help: 'The learning rate over the run: falling to 0 along half a cosine, or constant.',
    labels: { cosine: 'cosine', constant: 'constant' },
    source: 'Sec. 3',
    value: 'cosine',
    shownBefore: 'momentum',
  }),
};
