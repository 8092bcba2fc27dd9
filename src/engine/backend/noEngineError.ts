/** No engine can run on this machine; the message says what was tried and what to do. */
export class NoEngineError extends Error {
  override readonly name = 'NoEngineError';
}
