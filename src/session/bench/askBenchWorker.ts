import { type BenchCommand, type BenchEvent, isBenchEvent } from '../../protocol/bench';

type Answer = Exclude<BenchEvent, { type: 'progress' | 'failed' }>;

/**
 * Starts a worker for one command, and ends it with its answer or when `signal` aborts, so that every measurement begins with a fresh worker.
 * @throws Error with the worker's reason, or an AbortError
 */
export function askBenchWorker<T extends Answer['type']>(
  command: BenchCommand,
  answer: T,
  onProgress: (text: string) => void,
  signal: AbortSignal,
): Promise<Extract<Answer, { type: T }>> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL('../../worker/bench.worker.ts', import.meta.url), {
      type: 'module',
      name: 'benchmark',
    });
    const end = () => {
      worker.terminate();
      signal.removeEventListener('abort', stop);
    };
    const stop = () => {
      end();
      reject(signal.reason);
    };
    signal.addEventListener('abort', stop);
    worker.addEventListener('message', ({ data }) => {
      if (!isBenchEvent(data)) return;
      if (data.type === 'progress') {
        onProgress(data.text);
        return;
      }
      end();
      if (data.type === answer) resolve(data as Extract<Answer, { type: T }>);
      else reject(new Error(data.type === 'failed' ? data.message : `the worker answered “${data.type}”`));
    });
    worker.addEventListener('error', (event) => {
      event.preventDefault();
      end();
      reject(
        new Error(event.message || 'The benchmark worker could not be loaded. Check the connection, then try again.'),
      );
    });
    worker.postMessage(command);
  });
}
