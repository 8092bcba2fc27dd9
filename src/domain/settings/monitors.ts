import { z } from '../zod';
import { setting } from './setting';

const interval = z.int().min(0).max(1_000_000);
const images = z.int().min(1).max(100_000);

/** What is measured during a run, and how often. `tiny` uses fewer images, so that measuring takes less than a tenth of the time. */
export const MONITORS = {
  /** Weighted kNN vote on backbone features. */
  knn: {
    every: setting('monitors', interval, {
      label: 'kNN every',
      help: 'Measures kNN accuracy, view retrieval and the linear probe each time this many steps have passed, and before that at steps 25, 50, 100 and so on; 0: never.',
      step: 50,
      source: null,
      value: 400,
      inPreset: { tiny: 200, paper: 500, imagenet: 5000 },
    }),
    k: setting('monitors', z.int().min(1).max(1000), {
      label: 'kNN k',
      help: 'How many nearest training images vote on the class of a test image.',
      source: null,
      value: 20,
      inPreset: { paper: 200, imagenet: 200 },
    }),
    temperature: setting('monitors', z.number().min(0.001).max(10), {
      label: 'kNN T',
      help: 'A vote weighs exp(similarity/T): the lower T, the more the nearest images count.',
      step: 0.01,
      source: null,
      value: 0.1,
    }),
    bank: setting('monitors', images, {
      label: 'kNN voters',
      help: 'At most this many labelled training images vote. The paper’s k of 200 is meant for a bank of 50,000.',
      step: 500,
      source: null,
      value: 2000,
      inPreset: { tiny: 600, paper: 50_000, imagenet: 50_000 },
    }),
    queries: setting('monitors', images, {
      label: 'kNN test images',
      help: 'At most this many test images are classified. Fewer take less time and give a less certain accuracy.',
      step: 100,
      source: null,
      value: 1000,
      inPreset: { tiny: 300, paper: 100_000, imagenet: 100_000 },
    }),
  },
  /** Effective rank, neighbours and view retrieval, measured on some fixed training images. */
  probe: {
    every: setting('monitors', interval, {
      label: 'Ranks and neighbours every',
      help: 'Measures effective rank and neighbours of some fixed images each time this many steps have passed; 0: never.',
      step: 5,
      source: null,
      value: 25,
    }),
    images: setting('monitors', z.int().min(16).max(4096), {
      label: 'Images for ranks and neighbours',
      help: 'How many fixed training images ranks, neighbours and view retrieval are measured on. A rank cannot exceed this number. While the run stands still, neighbours are searched among all images.',
      step: 16,
      source: null,
      value: 512,
      inPreset: { tiny: 256 },
    }),
  },
};
