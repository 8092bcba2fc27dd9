type Redraw = () => void;

/** Calls `run` after `ms`. The page uses a timer; tests call it themselves. */
export type Scheduler = (run: () => void, ms: number) => void;

/** Maximum number of redraws per second, over all charts together. */
const REDRAWS_PER_SECOND = 10;

/**
 * Redraws charts one at a time, in turn, each in its own task: six charts in one task would block the page noticeably.
 */
export class ChartClock {
  readonly #stale = new Set<Redraw>();
  readonly #charts = new Set<Redraw>();
  readonly #schedule: Scheduler;
  #ticking = false;

  constructor(schedule: Scheduler = (run, ms) => void setTimeout(run, ms)) {
    this.#schedule = schedule;
  }

  /** Registers a chart; the returned function unregisters it. */
  subscribe(redraw: Redraw): () => void {
    this.#charts.add(redraw);
    return () => {
      this.#charts.delete(redraw);
      this.#stale.delete(redraw);
    };
  }

  /** Marks every chart as out of date, so that each is redrawn in turn. */
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
