import type { Event } from '../protocol/events';
import { isCommand } from '../protocol/guards';
import { Host } from './host';
import { kernelThreads } from './kernelThreads';
import { indexedDbTuningCache } from './tuningCache';

/** The part of a worker's global scope used here; the DOM's types describe a window's. */
interface WorkerScope {
  postMessage(message: Event, transfer?: Transferable[]): void;
  onmessage: ((event: MessageEvent<unknown>) => void) | null;
}

const scope = globalThis as unknown as WorkerScope;
const host = new Host((event, transfer) => scope.postMessage(event, transfer), {
  tuning: indexedDbTuningCache(),
  threadHost: kernelThreads,
});

scope.onmessage = ({ data }) => {
  if (isCommand(data)) void host.handle(data);
};
