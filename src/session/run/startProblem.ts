import { indicesOf, TRAIN } from '../../domain/imageDataset';
import type { RunConfig } from '../../domain/runConfig';
import { runProblems } from '../../domain/runProblems';
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
  return runProblems(config, indicesOf(info, TRAIN).length)[0]?.text ?? null;
}
