/** Thrown by whatever finds that one file is no good; the message becomes the reason it is listed with. */
export class UnusableFile extends Error {
  override readonly name = 'UnusableFile';
}

export const CUT_SHORT = 'is cut short: the end of the file is missing';
