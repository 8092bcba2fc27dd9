/** Milliseconds between two lines about the same stage. */
const EVERY_MS = 3000;

/** Prints what is being done, and how far it is, not more often than every three seconds. */
export class Progress {
  #stage = '';
  #printed = 0;

  at(stage: string, share: number): void {
    const now = performance.now();
    if (stage === this.#stage && now - this.#printed < EVERY_MS) return;
    this.#stage = stage;
    this.#printed = now;
    console.log(`${stage}: ${Math.round(100 * Math.max(0, Math.min(1, share)))} %`);
  }
}
