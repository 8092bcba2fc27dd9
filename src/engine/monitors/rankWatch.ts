/** Consecutive rank measurements for which a fall of the rank must last to be reported. */
const PERSISTENT = 2;

/**
 * A dimensional collapse is a rank below this share of the largest rank of the last `RANK_WINDOW` steps. In 300 to 600 steps healthy runs
 * of SimSiam and BYOL fall to 0.29 to 0.57 of their start, runs without stop-gradient to 0.12 to 0.23. Losses that push outputs apart,
 * which have no known minimum, let the outputs form groups: SimCLR's rank falls to 0.19, SwAV's to 0.12 while kNN rises. Over thousands of
 * steps healthy runs narrow just as far while kNN still rises, hence the window.
 */
const FALLEN_SHARE = 0.25;
const FALLEN_SHARE_OF_GROUPS = 0.08;
const RANK_WINDOW = 1000;
/** Below this share of the starting rank, a rank has fallen at any speed. A healthy run kept twice this share after 8,000 steps. */
const FALLEN_SHARE_EVER = 0.06;
/** The rank must also be below this share of min(images, d). */
const FALLEN_BOUND_SHARE = 1 / 6;
/** The rank has recovered above this multiple of the limit below which it had fallen. */
const RECOVERED_RANK = 2;

interface Fall {
  readonly since: number;
  /** The rank before the fall, and the limit below which a rank has fallen. */
  readonly startRank: number;
  readonly limit: number;
}

export interface RankWatchState {
  /** The ranks of the last `RANK_WINDOW` steps. */
  readonly ranks: readonly { readonly step: number; readonly rank: number }[];
  readonly startRank: number | null;
  readonly fall: (Fall & { readonly count: number }) | null;
}

/** Watches the effective rank of z: whether it falls to a few directions. */
export class RankWatch {
  readonly #bound: number;
  readonly #fallenShare: number;
  #now: RankWatchState = { ranks: [], startRank: null, fall: null };

  /**
   * @param bound largest effective rank that can be measured: min(probe images, d)
   * @param lossRange smallest and largest loss; null where the smallest is not known
   */
  constructor(bound: number, lossRange: readonly [min: number, max: number] | null) {
    this.#bound = bound;
    this.#fallenShare = lossRange === null ? FALLEN_SHARE_OF_GROUPS : FALLEN_SHARE;
  }

  state(): RankWatchState {
    return this.#now;
  }

  restore(state: RankWatchState): void {
    this.#now = state;
  }

  /** A fall that has lasted long enough to be reported; null where there is none. */
  get fallen(): { readonly since: number; readonly startRank: number; readonly effectiveRank: number } | null {
    const { fall, ranks } = this.#now;
    const last = ranks[ranks.length - 1];
    if (fall === null || last === undefined || fall.count < PERSISTENT) return null;
    return { since: fall.since, startRank: fall.startRank, effectiveRank: last.rank };
  }

  take(step: number, rank: number): void {
    const ranks = [...this.#now.ranks.filter((earlier) => earlier.step >= step - RANK_WINDOW), { step, rank }];
    const startRank = this.#now.startRank ?? rank;
    this.#now = { ranks, startRank, fall: this.#fallAt(step, rank, ranks, startRank) };
  }

  /** The fall that this rank begins or continues; null where it has not fallen. */
  #fallAt(step: number, rank: number, ranks: RankWatchState['ranks'], startRank: number): RankWatchState['fall'] {
    const { fall } = this.#now;
    if (fall === null) {
      const recent = ranks.reduce((peak, earlier) => Math.max(peak, earlier.rank), 0);
      const begun = this.#fallFrom(step, recent, startRank);
      return rank < begun.limit ? { ...begun, count: 1 } : null;
    }
    // Compared with the limit of the fall, since the rank before it may have left the window.
    const { count, limit } = fall;
    const persists = rank < (count < PERSISTENT ? limit : RECOVERED_RANK * limit);
    return persists ? { ...fall, count: count + 1 } : null;
  }

  #fallFrom(step: number, recent: number, start: number): Fall {
    const highest = FALLEN_BOUND_SHARE * this.#bound;
    const fast = this.#fallenShare * recent;
    const ever = FALLEN_SHARE_EVER * start;
    return fast >= ever
      ? { since: step, startRank: recent, limit: Math.min(fast, highest) }
      : { since: step, startRank: start, limit: Math.min(ever, highest) };
  }
}
