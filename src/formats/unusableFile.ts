/** A file that cannot be used. The message is the reason shown beside its path, e.g. “is empty (0 bytes)”. */
export class UnusableFile extends Error {
  override readonly name = 'UnusableFile';
}

export const CUT_SHORT = 'is cut short: the end of the file is missing';
