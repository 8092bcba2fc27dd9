/** Movement from one state to another: how far it has come. */
export class Glide {
  #start = 0;
  #ms = 0;

  /** Begins at `now`, in milliseconds, and takes `ms`; 0 is at once. */
  begin(now: number, ms: number): void {
    this.#start = now;
    this.#ms = ms;
  }

  /** In [0, 1], slower towards the end. */
  at(now: number): number {
    if (this.#ms === 0) return 1;
    const share = Math.max(0, Math.min(1, (now - this.#start) / this.#ms));
    return 1 - (1 - share) ** 2;
  }

  isOver(now: number): boolean {
    return now >= this.#start + this.#ms;
  }
}

/** Whether the person asked the system for less motion. */
export function wantsStillness(): boolean {
  return matchMedia('(prefers-reduced-motion: reduce)').matches;
}
