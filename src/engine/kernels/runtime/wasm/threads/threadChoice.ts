/** Replays before the first comparison: code is compiled further while it runs for the first times. */
const WARM_UP = 6;
/** Times that each number of threads is measured. */
const TURNS = 5;
/** Replays until the comparison is made again, since other programs come and go. */
const VALID_FOR = 1000;

/** Numbers of threads to compare: all, half of them, one. */
export function candidateThreads(all: number): number[] {
  return [...new Set([all, Math.ceil(all / 2), 1])];
}

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1];

/**
 * Chooses by measurement how many threads replay a recorded step, since threads that share processors with other programs may take longer
 * than one alone. Results do not depend on the choice. Call `next` before each replay and `took` after it.
 */
export class ThreadChoice {
  readonly #candidates: readonly number[];
  #times: number[][];
  #replays = 0;
  #chosen: number;

  constructor(threads: number) {
    this.#candidates = candidateThreads(threads);
    this.#chosen = threads;
    this.#times = this.#candidates.map(() => []);
  }

  /** The turn of the comparison that the next replay makes; null outside of a comparison. */
  get #turn(): number | null {
    const turn = this.#replays - WARM_UP;
    return turn >= 0 && turn < TURNS * this.#candidates.length && this.#candidates.length > 1 ? turn : null;
  }

  /** Threads for the next replay. */
  next(): number {
    const turn = this.#turn;
    return turn === null ? this.#chosen : this.#candidates[turn % this.#candidates.length];
  }

  /** Reports how long the replay took. */
  took(milliseconds: number): void {
    const turn = this.#turn;
    if (turn !== null) {
      this.#times[turn % this.#candidates.length].push(milliseconds);
      if (turn === TURNS * this.#candidates.length - 1) this.#choose();
    }
    this.#replays += 1;
    if (this.#replays === WARM_UP + VALID_FOR) this.#replays = WARM_UP;
  }

  #choose(): void {
    const medians = this.#times.map(median);
    this.#chosen = this.#candidates[medians.indexOf(Math.min(...medians))];
    this.#times = this.#candidates.map(() => []);
  }
}
