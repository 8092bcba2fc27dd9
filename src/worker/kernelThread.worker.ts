import { serveThread, type ThreadStart } from '../engine/kernels/runtime/wasm/threads/serveThread';

/** One of the threads that share the work of the processor's engine. */

/** The part of a worker's global scope used here; the DOM's types describe a window's. */
interface WorkerScope {
  postMessage(message: 'ready'): void;
  onmessage: ((event: MessageEvent<ThreadStart>) => void) | null;
}

const scope = globalThis as unknown as WorkerScope;

scope.onmessage = ({ data }) => {
  scope.postMessage('ready');
  serveThread(data);
};
