import { UnreadablePicture } from '../domain/imageDataset';
import { NoEngineError } from '../engine/backend/noEngineError';
import { RunError } from '../engine/run/checkRun';
import type { EngineError, ErrorCode } from '../protocol/events';

/** A command that cannot be carried out; the message is shown to the person. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}

/** Any error as the page shows it. */
export function toEngineError(error: unknown): EngineError {
  if (error instanceof NoEngineError) return { code: 'no-engine', message: error.message, recoverable: false };
  if (error instanceof CommandError || error instanceof RunError) {
    return { code: error.code, message: error.message, recoverable: true };
  }
  if (error instanceof UnreadablePicture)
    return { code: 'unreadable-image', message: error.message, recoverable: true };
  const message = error instanceof Error ? error.message : String(error);
  if (/out of memory|allocation failed|array length/i.test(message)) {
    return {
      code: 'out-of-memory',
      message: `Memory ran out: ${message}. Choose a smaller batch, network or image size, then Reset.`,
      recoverable: true,
    };
  }
  return { code: 'internal', message: `The engine failed: ${message}. Reset starts the run over.`, recoverable: true };
}
