/** A rate is averaged over at least this much time, so that it does not flicker. */
const RATE_WINDOW_MS = 1000;

/** How a run divides its time between steps and measuring, from the first step on. Pauses do not count. */
export class RunClock {
  #busyMs = 0;
  #measuringMs = 0;
  #window = { steps: 0, ms: 0 };

  /** Restarts the measurement at the first step, so that the one-time costs before it do not count. */
  start(): void {
    this.#busyMs = 0;
    this.#measuringMs = 0;
    this.#window = { steps: 0, ms: 0 };
  }

  measured(ms: number): void {
    this.#busyMs += ms;
    this.#measuringMs += ms;
    this.#window.ms += ms;
  }

  /** Counts a step. Returns steps per second, including the time of measuring, about once per second, else null. */
  stepped(ms: number): number | null {
    this.#busyMs += ms;
    this.#window.ms += ms;
    this.#window.steps += 1;
    const { steps, ms: spent } = this.#window;
    if (spent < RATE_WINDOW_MS) return null;
    this.#window = { steps: 0, ms: 0 };
    return (steps * 1000) / spent;
  }

  /** In [0, 1]. */
  get measuringShare(): number {
    return this.#busyMs > 0 ? this.#measuringMs / this.#busyMs : 0;
  }
}
