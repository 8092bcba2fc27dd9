import type { SkippedFile } from '../domain/imageDataset';

/**
 * Why an import as a whole came to nothing. `message` is for the person who dropped the files: what happened and what to do.
 * Single bad files never cause it by themselves; the ones that were skipped before it came to this are in `skipped`.
 */
export class ImportError extends Error {
  override readonly name = 'ImportError';

  constructor(
    message: string,
    readonly skipped: readonly SkippedFile[] = [],
  ) {
    super(message);
  }
}
