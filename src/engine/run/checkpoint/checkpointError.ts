/** A run that cannot be saved, or not resumed with these images; the message says why and what to do. */
export class CheckpointError extends Error {
  override readonly name = 'CheckpointError';
}
