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
    ...(plan === null || plan.corrections.length === 0 ? {} : { corrections: plan.corrections }),
  };
}

/** The folder that a run needs, as a link names it; null for a sample. */
export function folderOf({ name, count, fingerprint, corrections }: DatasetIdentity): FolderReference | null {
  return fingerprint === null ? null : { name, count, fingerprint, corrections };
}
