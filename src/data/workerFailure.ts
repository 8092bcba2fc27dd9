/** The part of a worker that tells when it breaks. */
export interface BreakableWorker {
  addEventListener(type: 'error', listener: (event: ErrorEvent) => void): void;
  addEventListener(type: 'messageerror', listener: () => void): void;
}

/** Reports, in words, that a worker could not be loaded, threw an error, or sent what cannot be read. */
export function onWorkerFailure(worker: BreakableWorker, report: (reason: string) => void): void {
  worker.addEventListener('error', (event) => {
    // Else the browser reports it a second time, in the console.
    event.preventDefault();
    // A script that could not be loaded comes without a message.
    report(event.message || 'its code could not be loaded; check the connection');
  });
  worker.addEventListener('messageerror', () => report('a message from it could not be read'));
}
