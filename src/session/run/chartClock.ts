type Redraw = () => void;

/** Calls `run` after `ms`; a timer in the page, a manual one in tests. */
export type Scheduler = (run: () => void, ms: number) => void;

/** All charts together are redrawn at most this many times a second. */
const REDRAWS_PER_SECOND = 10;

/**
 * Redraws charts one at a time, in turn, each in a task of its own: six charts in one task would block the page
 * for so long that a person notices.
 */
export class ChartClock {
  readonly #stale = new Set<Redraw>();
  readonly #charts = new Set<Redraw>();
  readonly #schedule: Scheduler;
  #ticking = false;

  constructor(schedule: Scheduler = (run, ms) => void setTimeout(run, ms)) {
    this.#schedule = schedule;
  }

  /** Registers a chart; the returned function takes it away again. */
  subscribe(redraw: Redraw): () => void {
    this.#charts.add(redraw);
    return () => {
      this.#charts.delete(redraw);
      this.#stale.delete(redraw);
    };
  }

  /** Says that there is something new to draw. */
  touch(): void {
    for (const chart of this.#charts) this.#stale.add(chart);
    if (this.#ticking || this.#stale.size === 0) return;
    this.#ticking = true;
    this.#schedule(this.#tick, 0);
  }

  readonly #tick = () => {
    const next = this.#stale.values().next();
    if (next.done === true) {
      this.#ticking = false;
      return;
    }
    this.#stale.delete(next.value);
    next.value();
    this.#schedule(this.#tick, 1000 / REDRAWS_PER_SECOND);
  };
}
