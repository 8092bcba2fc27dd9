import type { Event } from '../../src/protocol/events';
import { Host } from '../../src/worker/host';
import { startNodeGpu } from '../node/gpu';
import { makeDevicesLosable } from './losableDevices';
import { type LossOptions, type LossReport, soakLosses } from './lossSoak';
import { CHECKPOINT_EVERY } from './soakRun';
import { spacedClock } from './spacedClock';

/** The soak of losses in this process. @throws NoAdapterError where there is no WebGPU */
export async function soakUnderNode(
  options: LossOptions,
  memory: () => number,
  log: (line: string) => void,
): Promise<LossReport> {
  await startNodeGpu();
  const device = makeDevicesLosable(navigator.gpu);
  let listener: (event: Event) => void = () => undefined;
  const host = new Host((event) => listener(event), { checkpointEvery: CHECKPOINT_EVERY, now: spacedClock() });
  let id = 0;
  return soakLosses(
    {
      send: (command) => {
        id += 1;
        return host.handle({ ...command, id });
      },
      listen: (next) => {
        listener = next;
      },
      lose: () => device()?.lose(),
      memory: async () => memory(),
    },
    options,
    log,
  );
}
