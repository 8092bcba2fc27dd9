import { areDerivedAlike } from '../../domain/derivation';
import type { DatasetInfo } from '../../domain/imageDataset';
import type { RunRecord } from '../../storage/runRecord';

/** Whether the images in use are those of a kept run, so that the indices of its frames name their pictures. */
export function picturesOf({ dataset }: Pick<RunRecord, 'dataset'>, info: DatasetInfo | null): boolean {
  if (info === null || info.count !== dataset.count) return false;
  if (!areDerivedAlike(info.derivation, dataset.derivation)) return false;
  const { source } = info;
  return source.kind === 'sample' ? source.id === dataset.sample : source.fingerprint === dataset.fingerprint;
}
