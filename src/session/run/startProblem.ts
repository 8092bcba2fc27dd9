import { counted } from '../../domain/counted';
import { indicesOf, TRAIN } from '../../domain/imageDataset';
import type { RunConfig } from '../../domain/runConfig';
import { runProblems } from '../../domain/runProblems';
import type { DatasetStoreState } from '../data/datasetStore';

/** Why no run can be built from these settings and images, and what to do; null when one can. */
export function startProblem(
  config: RunConfig,
  { info, wanted }: Pick<DatasetStoreState, 'info' | 'wanted'>,
): string | null {
  if (config.dataset === 'folder' && (info === null || wanted !== null)) {
    return wanted === null
      ? 'Choose a folder of images, or one of the samples.'
      : `This run was made with the folder “${wanted.name}” (${counted(wanted.count, 'image')}). Choose that folder to run it again, or one of the samples.`;
  }
  if (info === null) return 'No images are loaded yet.';
  return runProblems(config, indicesOf(info, TRAIN).length)[0]?.text ?? null;
}
