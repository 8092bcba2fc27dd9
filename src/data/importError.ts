/**
 * Why an import as a whole came to nothing. `message` is for the person who dropped the files: what happened and what to do.
 * Single bad files never cause it; they are skipped and listed.
 */
export class ImportError extends Error {
  override readonly name = 'ImportError';
}
