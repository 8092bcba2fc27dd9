import { SAMPLE_IDS } from '../imageDataset';

/** The presets. */
export const PRESET_NAMES = ['tiny', 'small', 'resnet18', 'paper'] as const;

/** The data sets: the samples, and a person's own images. */
export const DATASET_CHOICES = [...SAMPLE_IDS, 'folder'] as const;
