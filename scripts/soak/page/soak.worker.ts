import type { Event } from '../../../src/protocol/events';
import { Host } from '../../../src/worker/host';
import { makeDevicesLosable } from '../losableDevices';
import { CHECKPOINT_EVERY } from '../soakRun';
import { spacedClock } from '../spacedClock';
import type { SoakMessage } from './messages';

/** The part of a worker's global scope used here; the DOM's types describe a window's. */
interface WorkerScope {
  postMessage(message: Event, transfer?: Transferable[]): void;
  onmessage: ((event: MessageEvent<SoakMessage>) => void) | null;
}

const scope = globalThis as unknown as WorkerScope;
const device = makeDevicesLosable(navigator.gpu);
const host = new Host((event, transfer) => scope.postMessage(event, transfer), {
  checkpointEvery: CHECKPOINT_EVERY,
  now: spacedClock(),
});

scope.onmessage = ({ data }) => {
  if (data === 'lose') device()?.lose();
  else void host.handle(data);
};
