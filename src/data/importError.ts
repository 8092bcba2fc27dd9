import type { SkippedFile } from '../domain/imageDataset';

/**
 * Why an import failed as a whole. `message` is for the person who dropped the files: what happened and what to do.
 * A bad file alone never causes it; `skipped` lists the files that were skipped before the failure.
 */
export class ImportError extends Error {
  override readonly name = 'ImportError';

  constructor(
    message: string,
    readonly skipped: readonly SkippedFile[] = [],
    /** The batch size with which these images can be trained on, where the chosen one is too large for them; else null. */
    readonly fittingBatch: number | null = null,
  ) {
    super(message);
  }
}
