import { countOfWhole } from '../../domain/derivation';
import type { DatasetIdentity } from '../../domain/keptRun';
import type { FolderReference } from '../../domain/shareLink';
import type { DatasetStoreState } from './datasetStore';

/** What the images in use are recognised by. */
export function identityOf({ info, plan }: Pick<DatasetStoreState, 'info' | 'plan'>): DatasetIdentity {
  return {
    name: info?.name ?? '',
    count: info?.count ?? 0,
    sample: info?.source.kind === 'sample' ? info.source.id : null,
    fingerprint: info?.source.kind === 'folder' ? info.source.fingerprint : null,
    ...(info?.derivation && { derivation: info.derivation }),
    ...(plan === null || plan.corrections.length === 0 ? {} : { corrections: plan.corrections }),
  };
}

/** The folder that a run needs, as a link names it; null for a sample. */
export function folderOf(dataset: DatasetIdentity): FolderReference | null {
  const { name, count, fingerprint, corrections, derivation } = dataset;
  if (fingerprint === null) return null;
  // A folder is asked for by what it holds, not by what was chosen of it.
  const whole = derivation === undefined ? { name, count } : { name: derivation.from, count: countOfWhole(derivation) };
  return { ...whole, fingerprint, corrections };
}
