import { onWorkerFailure } from './workerFailure';

/** How a worker's messages lead to its one answer. */
export interface Asking<T> {
  /** Takes each message in; the last one settles the answer. */
  onMessage(data: unknown, resolve: (answer: T) => void, reject: (error: unknown) => void): void;
  /** The error for a worker that broke. */
  failure(reason: string): Error;
  readonly signal?: AbortSignal | undefined;
}

/**
 * The one answer of a worker that was started for one question, sent by `ask`. The worker is ended with it, and when it breaks or the signal
 * is aborted.
 * @throws (rejection) what `onMessage` rejects with, `failure`'s error, what `ask` throws, or the signal's reason
 */
export async function askWorker<T>(
  worker: Worker,
  { onMessage, failure, signal }: Asking<T>,
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
  // It may fail before `ask` is done and anyone awaits it.
  answer.catch(() => undefined);
  try {
    await ask();
    return await answer;
  } finally {
    signal?.removeEventListener('abort', stop);
    worker.terminate();
  }
}
