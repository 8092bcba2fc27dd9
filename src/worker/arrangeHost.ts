import type { ExploringEvent } from '../protocol/exploring';
import { isExploringCommand } from '../protocol/exploring';
import { arrangeImages } from './arrangeImages';

/** The part of a worker's global scope used here; the DOM's types describe a window's. */
interface WorkerScope {
  postMessage(message: ExploringEvent, transfer?: Transferable[]): void;
}

const scope = globalThis as unknown as WorkerScope;

/** Handles the page's one command. */
export function receive(message: unknown): void {
  if (isExploringCommand(message)) {
    void arrangeImages(message, (event, transfer) => scope.postMessage(event, transfer));
  }
}
