import { type BreakableWorker, onWorkerFailure } from '../../data/workerFailure';
import type { ExploringCommand, ExploringEvent } from '../../protocol/exploring';
import { isExploringEvent } from '../../protocol/exploring';

/** The part of the worker for maps and clusters that the page uses. */
export type ExplorerPort = BreakableWorker & {
  postMessage(message: ExploringCommand, transfer: Transferable[]): void;
  addEventListener(type: 'message', listener: (event: MessageEvent<unknown>) => void): void;
  terminate(): void;
};

/** Starts a worker that makes clusters and a map. No other code does. */
export function openExplorer(): ExplorerPort {
  return new Worker(new URL('../../worker/explore.worker.ts', import.meta.url), { type: 'module', name: 'explore' });
}

/**
 * Sends a worker its one command, and passes its events on until it is done, fails, or is ended by the returned function. A worker that breaks
 * is reported as `failed`.
 */
export function arrange(
  worker: ExplorerPort,
  command: ExploringCommand,
  onEvent: (event: ExploringEvent) => void,
): () => void {
  let isOver = false;
  const end = () => {
    if (!isOver) worker.terminate();
    isOver = true;
  };
  const receive = (event: ExploringEvent) => {
    if (isOver) return;
    if (event.type === 'done' || event.type === 'failed') end();
    onEvent(event);
  };
  worker.addEventListener('message', ({ data }) => {
    if (isExploringEvent(data)) receive(data);
  });
  onWorkerFailure(worker, (reason) => receive({ type: 'failed', message: `The map could not be made: ${reason}.` }));
  // The page has no further use for features and pictures, which are the largest part. The training worker searches in its own.
  const { features, pictures } = command;
  const buffers = [features.data.buffer, pictures?.copies.colours.buffer];
  worker.postMessage(
    command,
    buffers.filter((buffer) => buffer instanceof ArrayBuffer),
  );
  return end;
}
