/** How long a lock is waited for: a tab that is reloaded gives it up only when it is gone. */
const WAIT_MS = 1000;

/** The part of `navigator.locks` that is used. */
export type Locks = Pick<LockManager, 'request'>;

/** The right of this tab to go on with a kept run: at most one tab has it, and the browser takes it back when the tab is gone. */
export class RunLock {
  readonly #locks: Locks | null;
  #held: { readonly id: string; readonly release: () => void } | null = null;

  /** @param locks null where the browser has none; every tab may go on with every run then */
  constructor(locks: Locks | null) {
    this.#locks = locks;
  }

  /** Takes the lock of a run, and releases the one before. Resolves to false where another tab has it. */
  take(id: string): Promise<boolean> {
    if (this.#locks === null || this.#held?.id === id) return Promise.resolve(true);
    return this.#request(this.#locks, id);
  }

  #request(locks: Locks, id: string): Promise<boolean> {
    return new Promise((resolve) => {
      const hold = () =>
        new Promise<void>((release) => {
          this.#held?.release();
          this.#held = { id, release };
          resolve(true);
        });
      locks
        .request(`simsiam-lab-run-${id}`, { signal: AbortSignal.timeout(WAIT_MS) }, hold)
        .catch(() => resolve(false));
    });
  }
}
