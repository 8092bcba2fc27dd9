import { indicesOf, TRAIN } from '../../domain/imageDataset';
import { configProblems, type RunConfig } from '../../domain/runConfig';
import type { DatasetStoreState } from '../data/datasetStore';

/** Why a run cannot be built of these settings and images, in words that say what to do; null when it can. */
export function startProblem(
  config: RunConfig,
  { info, wanted }: Pick<DatasetStoreState, 'info' | 'wanted'>,
): string | null {
  if (config.dataset === 'folder' && (info === null || wanted !== null)) {
    return wanted === null
      ? 'Choose a folder of images, or one of the samples.'
      : `This run was made with the folder “${wanted.name}” (${wanted.count} images). Choose that folder to run it again, or one of the samples.`;
  }
  if (info === null) return 'No images are loaded yet.';
  const images = indicesOf(info, TRAIN).length;
  if (images < 2 * config.batchSize) {
    return `${images.toLocaleString('en')} images to train on are fewer than two batches of ${config.batchSize}. Add images or choose a smaller batch.`;
  }
  return configProblems(config)[0] ?? null;
}

/** The largest power of two of which two batches fit, or null when not even the smallest does. */
export function fittingBatch(images: number): number | null {
  const batch = 2 ** Math.floor(Math.log2(Math.max(1, images / 2)));
  return batch >= 4 ? batch : null;
}
