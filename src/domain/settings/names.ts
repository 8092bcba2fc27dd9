import { SAMPLE_IDS } from '../imageDataset';

/** Sets of values that a run can start from. */
export const PRESET_NAMES = ['tiny', 'small', 'resnet18', 'paper'] as const;

/** What a run can train on: a sample, or a person's own images. */
export const DATASET_CHOICES = [...SAMPLE_IDS, 'folder'] as const;
