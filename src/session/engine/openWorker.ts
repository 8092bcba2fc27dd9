import type { WorkerPort } from './engineClient';

/** Starts the training worker. No other code does. */
export function openWorker(): WorkerPort {
  return new Worker(new URL('../../worker/trainer.worker.ts', import.meta.url), { type: 'module', name: 'trainer' });
}
