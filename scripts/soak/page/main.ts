import type { Event } from '../../../src/protocol/events';
import { type LossReport, soakLosses } from '../lossSoak';
import type { SoakMessage } from './messages';

declare global {
  interface Window {
    soak(losses: number, seed: number): Promise<LossReport>;
    /** Given by the script that opens the page. */
    soakMemory(): Promise<number>;
    soakLog(line: string): Promise<void>;
  }
}

window.soak = (losses, seed) => {
  const worker = new Worker(new URL('./soak.worker.ts', import.meta.url), { type: 'module' });
  const post = (message: SoakMessage) => worker.postMessage(message);
  const answers = new Map<number, () => void>();
  let listener: (event: Event) => void = () => undefined;
  let id = 0;
  worker.addEventListener('message', ({ data }: MessageEvent<Event>) => {
    listener(data);
    if (data.type === 'reply' || data.type === 'failure') answers.get(data.id)?.();
  });
  return soakLosses(
    {
      send: (command) => {
        id += 1;
        return new Promise((resolve) => {
          answers.set(id, resolve);
          post({ ...command, id });
        });
      },
      listen: (next) => {
        listener = next;
      },
      lose: () => post('lose'),
      memory: () => window.soakMemory(),
    },
    { losses, engine: 'webgpu', seed },
    (line) => void window.soakLog(line),
  );
};
