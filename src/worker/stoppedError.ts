/** Thrown between two parts of a long computation to stop it, and caught where it was begun. */
export class StoppedError extends Error {
  override readonly name = 'StoppedError';
}
