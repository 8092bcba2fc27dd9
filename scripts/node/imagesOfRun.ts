import { HOLD_OUT_SEED, type ImportResult } from '../../src/data/importTypes';
import type { FolderCorrections } from '../../src/domain/folderCorrections';
import type { RunConfig } from '../../src/domain/runConfig';
import { type TrainingImages, trainingImages } from '../../src/engine/images/pictureCache';
import { loadDataset } from './loadDataset';

export interface ImagesOfRun extends Pick<ImportResult, 'plan'> {
  readonly images: TrainingImages;
}

/** The images at a location as a run with these settings gets them; prints which files are skipped, and notes on the folders. */
export async function imagesOfRun(
  location: string,
  config: Pick<RunConfig, 'imageSize' | 'sourceSize' | 'holdOut' | 'labelRule' | 'sample' | 'batchSize' | 'images'>,
  corrections: FolderCorrections,
): Promise<ImagesOfRun> {
  const { imageSize, sourceSize, holdOut, labelRule, sample, batchSize, images } = config;
  const { dataset, skipped, plan } = await loadDataset(location, {
    imageSize,
    sourceSize,
    seed: HOLD_OUT_SEED,
    holdOut,
    labelRule,
    corrections,
    sample,
    batchSize,
    images,
  });
  for (const { path, reason } of skipped) console.error(`skipped ${path}: ${reason}`);
  for (const note of plan?.notes ?? []) console.log(note);
  if ('reader' in dataset) {
    console.log('The images are kept compressed and decoded during the run: decoded, they would take too much memory.');
  }
  return { images: trainingImages(dataset), plan };
}
