/** The events by which a worker reports a failure. */
export interface BreakableWorker {
  addEventListener(type: 'error', listener: (event: ErrorEvent) => void): void;
  addEventListener(type: 'messageerror', listener: () => void): void;
}

/** Reports, in words, that a worker could not be loaded, threw an error, or sent an unreadable message. */
export function onWorkerFailure(worker: BreakableWorker, report: (reason: string) => void): void {
  worker.addEventListener('error', (event) => {
    // Otherwise the browser also reports the error in the console.
    event.preventDefault();
    // The event of a script that could not be loaded has no message.
    report(event.message || 'its code could not be loaded; check the connection');
  });
  worker.addEventListener('messageerror', () => report('a message from it could not be read'));
}
