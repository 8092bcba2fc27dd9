import { askWorker } from '../../data/askWorker';
import { type BenchCommand, type BenchEvent, isBenchEvent } from '../../protocol/bench';

type Answer = Exclude<BenchEvent, { type: 'progress' | 'failed' }>;

/**
 * Starts a worker for one command and terminates it after the answer or when `signal` aborts, so that every measurement has a new worker.
 * @throws Error with the worker's reason, or an AbortError
 */
export function askBenchWorker<T extends Answer['type']>(
  command: BenchCommand,
  answer: T,
  onProgress: (text: string) => void,
  signal: AbortSignal,
): Promise<Extract<Answer, { type: T }>> {
  const worker = new Worker(new URL('../../worker/bench.worker.ts', import.meta.url), {
    type: 'module',
    name: 'benchmark',
  });
  return askWorker<Extract<Answer, { type: T }>>(
    worker,
    {
      onMessage: (event, resolve, reject) => {
        if (!isBenchEvent(event)) return;
        if (event.type === 'progress') onProgress(event.text);
        else if (event.type === answer) resolve(event as Extract<Answer, { type: T }>);
        else reject(new Error(event.type === 'failed' ? event.message : `the worker answered “${event.type}”`));
      },
      failure: (reason) => new Error(`The benchmark worker failed: ${reason}. Try again.`),
      signal,
    },
    () => worker.postMessage(command),
  );
}
