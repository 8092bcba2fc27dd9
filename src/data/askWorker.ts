import { onWorkerFailure } from './workerFailure';

/** How the messages of a worker become its answer. */
export interface Asking<T> {
  /** Handles each message; the last one calls `resolve` or `reject`. */
  onMessage(data: unknown, resolve: (answer: T) => void, reject: (error: unknown) => void): void;
  /** The error to reject with when the worker fails. */
  failure(reason: string): Error;
  readonly signal?: AbortSignal | undefined;
  /** Whether the worker lives on after this answer; the caller then terminates it. */
  isNeeded?(answer: T): boolean;
}

/**
 * Sends a worker one request by `ask` and resolves with its answer. The worker is terminated after the answer unless it is needed further, when
 * it fails, or when the signal is aborted.
 * @throws (rejection) what `onMessage` rejects with, `failure`'s error, what `ask` throws, or the signal's reason
 */
export async function askWorker<T>(
  worker: Worker,
  { onMessage, failure, signal, isNeeded }: Asking<T>,
  ask: () => void | Promise<void>,
): Promise<T> {
  let stop = () => {};
  const answer = new Promise<T>((resolve, reject) => {
    worker.addEventListener('message', ({ data }: MessageEvent<unknown>) => onMessage(data, resolve, reject));
    onWorkerFailure(worker, (reason) => reject(failure(reason)));
    stop = () => reject(signal?.reason);
    if (signal?.aborted === true) stop();
    else signal?.addEventListener('abort', stop);
  });
  // The worker may fail while `ask` still runs; until then nothing awaits this promise, and its rejection would be unhandled.
  answer.catch(() => undefined);
  let livesOn = false;
  try {
    await ask();
    const answered = await answer;
    livesOn = isNeeded?.(answered) ?? false;
    return answered;
  } finally {
    signal?.removeEventListener('abort', stop);
    if (!livesOn) worker.terminate();
  }
}
