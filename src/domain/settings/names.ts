import { SAMPLE_IDS } from '../imageDataset';

/** The presets. */
export const PRESET_NAMES = ['tiny', 'small', 'resnet18', 'photos', 'paper', 'imagenet'] as const;

/** Those that have the paper's values to the letter, whatever the data set. */
export const PAPERS_PRESETS: readonly (typeof PRESET_NAMES)[number][] = ['paper', 'imagenet'];

/** The data sets: the samples, and a person's own images. */
export const DATASET_CHOICES = [...SAMPLE_IDS, 'folder'] as const;
