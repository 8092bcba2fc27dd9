import type { Event } from '../protocol/events';
import { isCommand } from '../protocol/guards';
import { Host } from './host';
import { kernelThreads } from './kernelThreads';
import { indexedDbTuningCache } from './tuningCache';

/** The part of a worker's global scope used here; the DOM's types describe a window's. */
interface WorkerScope {
  postMessage(message: Event, transfer?: Transferable[]): void;
}

const scope = globalThis as unknown as WorkerScope;
const host = new Host((event, transfer) => scope.postMessage(event, transfer), {
  tuning: indexedDbTuningCache(),
  threadHost: kernelThreads,
});

/** Handles a message of the page. */
export function receive(message: unknown): void {
  if (isCommand(message)) void host.handle(message);
}
