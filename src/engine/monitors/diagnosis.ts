import type { Diagnosis, Measurement } from '../../domain/measurement';
import { LossTrend } from './lossTrend';

/** Steps that count as the run's start: before them nothing is judged, and their largest std is the early std. */
const FIRST_STEPS = 10;
/** Std measurements in a row before a collapse, or a recovery from it, is called one. */
const PERSISTENT_STDS = 5;
/** Rank measurements in a row before a fall of the rank is called one. */
const PERSISTENT_RANKS = 2;

/**
 * Collapsed below this share of the early std. Healthy runs keep 0.96 and more of it; runs that collapse end at 0.03 to 0.2, those
 * whose outputs were hardly spread to begin with (no BN in the heads) included.
 */
const COLLAPSED_SHARE = 0.3;
/** And below this share of 1/sqrt(d), so that a rank-2 output with a std of 0.3 is not called constant. */
const COLLAPSED_SPREAD = 0.2;
/** And with the loss this near its minimum, as a share of its range: outputs that are all alike agree. */
const COLLAPSED_LOSS_GAP = 0.02;
/** Recovered above this share of the early std. After a collapse, stop-gradient alone brings back less than a quarter. */
const RECOVERED_SHARE = 0.5;

/**
 * Dimensional collapse below this share of the largest rank of the last `RANK_WINDOW` steps. In 300 to 600 steps healthy runs of SimSiam
 * and BYOL fall to 0.29 to 0.57 of their start, runs without stop-gradient to 0.12 to 0.23. Losses that push outputs apart, which have no
 * known minimum, let them gather in groups: SimCLR's rank falls to 0.19, SwAV's to 0.12 while kNN rises. Over thousands of steps
 * healthy runs narrow just as far while kNN still rises, hence the window.
 */
const FALLEN_SHARE = 0.25;
const FALLEN_SHARE_OF_GROUPS = 0.08;
const RANK_WINDOW = 1000;
/** At any speed below this share of the start: half of what a healthy run was seen to keep after 8,000 steps. */
const FALLEN_SHARE_EVER = 0.06;
/** And below this share of min(images, d). */
const FALLEN_BOUND_SHARE = 1 / 6;
/** Recovered above this multiple of the rank that counted as fallen. */
const RECOVERED_RANK = 2;
/** A low rank with a std below half its early level is usually a collapse to a constant under way: that gets so many steps to show. */
const UNDERWAY_STEPS = 200;

/** Exploded above this multiple of the first loss (of 1, if that is smaller), or at once above `EXPLODED_AT_ONCE`. */
const EXPLODED_FACTOR = 100;
const EXPLODED_AT_ONCE = 1e4;

export interface RunDiagnosisOptions {
  /** d. */
  readonly outputDim: number;
  /** Largest effective rank of z that can be measured: min(probe images, d). */
  readonly rankBound: number;
  /** Smallest and largest loss; null for a loss without a known minimum, where the std alone decides. */
  readonly lossRange: readonly [min: number, max: number] | null;
}

interface Fall {
  readonly since: number;
  /** Rank that was fallen from, and below which it counted as fallen. */
  readonly startRank: number;
  readonly limit: number;
}

/**
 * Says what state a run is in, from its measurements alone and against its own first steps: collapsed (loss near its minimum, std
 * towards 0), dimensionally collapsed (std healthy, effective rank of z fallen), not converging (the loss stays high), oscillating,
 * diverged, or none of these. Wants the rank of step 0,
 * before the first update: much of a fall happens in the first 25 steps. One instance per run.
 */
export class RunDiagnosis {
  readonly #options: RunDiagnosisOptions;
  #state: Diagnosis = { state: 'starting' };
  #step = 0;
  #firstLoss: number | null = null;
  #loss = Number.NaN;
  readonly #trend: LossTrend;
  #std = Number.NaN;
  #earlyStd = 0;
  #collapsing = { since: 0, count: 0 };
  #recovering = 0;
  #ranks: { readonly step: number; readonly rank: number }[] = [];
  #startRank: number | null = null;
  #fall: (Fall & { readonly count: number }) | null = null;

  constructor(options: RunDiagnosisOptions) {
    this.#options = options;
    this.#trend = new LossTrend(options.lossRange);
  }

  /** Says that a setting was changed in flight: what the loss did before says nothing about where it goes now. */
  changed(): void {
    this.#trend.restart();
  }

  /** Takes in what was measured at a step, in the order of steps, and judges anew. */
  add(measurement: Measurement): Diagnosis {
    // Nothing leads back from non-finite weights.
    if (this.#state.state === 'diverged') return this.#state;
    const { step, loss, outputStd, effectiveRank } = measurement;
    this.#step = Math.max(this.#step, step);
    if (loss !== undefined) {
      if (this.#hasExploded(loss)) {
        this.#state = { state: 'diverged', since: step, loss };
        return this.#state;
      }
      this.#firstLoss ??= loss;
      this.#loss = loss;
      this.#trend.add(step, loss);
    }
    if (outputStd !== undefined) this.#takeStd(step, outputStd);
    if (effectiveRank !== undefined) this.#takeRank(step, effectiveRank);
    this.#state = this.#judge();
    return this.#state;
  }

  #hasExploded(loss: number): boolean {
    if (!Number.isFinite(loss)) return true;
    const limit =
      this.#firstLoss === null ? EXPLODED_AT_ONCE : EXPLODED_FACTOR * Math.max(1, Math.abs(this.#firstLoss));
    return Math.abs(loss) > limit;
  }

  #takeStd(step: number, std: number): void {
    this.#std = std;
    // The first one counts even where it comes late.
    if (step <= FIRST_STEPS || this.#earlyStd === 0) this.#earlyStd = Math.max(this.#earlyStd, std);
    if (this.#looksCollapsed()) {
      const { since, count } = this.#collapsing;
      this.#collapsing = { since: count === 0 ? step : since, count: count + 1 };
    } else {
      this.#collapsing = { since: 0, count: 0 };
    }
    this.#recovering = std > RECOVERED_SHARE * this.#earlyStd ? this.#recovering + 1 : 0;
  }

  #looksCollapsed(): boolean {
    const { outputDim, lossRange } = this.#options;
    const limit = Math.min(COLLAPSED_SHARE * this.#earlyStd, COLLAPSED_SPREAD / Math.sqrt(outputDim));
    if (!(this.#std < limit)) return false;
    return lossRange === null || this.#loss <= lossRange[0] + COLLAPSED_LOSS_GAP * (lossRange[1] - lossRange[0]);
  }

  #takeRank(step: number, rank: number): void {
    this.#ranks = [...this.#ranks.filter((earlier) => earlier.step >= step - RANK_WINDOW), { step, rank }];
    this.#startRank ??= rank;
    const recent = this.#ranks.reduce((peak, earlier) => Math.max(peak, earlier.rank), 0);
    if (this.#fall === null) {
      const fall = this.#fallFrom(step, recent, this.#startRank);
      if (rank < fall.limit) this.#fall = { ...fall, count: 1 };
    } else {
      // Judged against the rank it fell from, which has left the window once the fall is old.
      const { count, limit } = this.#fall;
      const persists = rank < (count < PERSISTENT_RANKS ? limit : RECOVERED_RANK * limit);
      this.#fall = persists ? { ...this.#fall, count: count + 1 } : null;
    }
  }

  #fallFrom(step: number, recent: number, start: number): Fall {
    const highest = FALLEN_BOUND_SHARE * this.#options.rankBound;
    const fast = (this.#options.lossRange === null ? FALLEN_SHARE_OF_GROUPS : FALLEN_SHARE) * recent;
    const ever = FALLEN_SHARE_EVER * start;
    return fast >= ever
      ? { since: step, startRank: recent, limit: Math.min(fast, highest) }
      : { since: step, startRank: start, limit: Math.min(ever, highest) };
  }

  #judge(): Diagnosis {
    if (this.#step < FIRST_STEPS) return { state: 'starting' };
    const before = this.#state;
    if (before.state === 'collapsed' && this.#recovering < PERSISTENT_STDS) {
      return { ...before, outputStd: this.#std, loss: this.#loss };
    }
    if (this.#collapsing.count >= PERSISTENT_STDS) {
      return { state: 'collapsed', since: this.#collapsing.since, outputStd: this.#std, loss: this.#loss };
    }
    const fall = this.#fall;
    if (fall !== null && fall.count >= PERSISTENT_RANKS && this.#isDimensional(fall)) {
      const { since, startRank } = fall;
      const effectiveRank = this.#ranks[this.#ranks.length - 1].rank;
      return { state: 'dimensional-collapse', since, effectiveRank, startRank, outputStd: this.#std };
    }
    return this.#judgeTrend();
  }

  /** Of runs whose outputs are as they should be: whether the loss gets anywhere. */
  #judgeTrend(): Diagnosis {
    const before = this.#state;
    const oscillation = this.#trend.oscillates();
    if (oscillation !== null) {
      const since = before.state === 'oscillation' ? before.since : oscillation.since;
      return { state: 'oscillation', ...oscillation, since };
    }
    const standing = this.#trend.stands();
    if (standing === null) return { state: 'learning' };
    return {
      state: 'no-convergence',
      since: before.state === 'no-convergence' ? before.since : this.#step,
      ...standing,
    };
  }

  /** Not merely the rank's side of a collapse to a constant, which the std will show. */
  #isDimensional({ since }: Fall): boolean {
    if (this.#state.state === 'dimensional-collapse') return true;
    return this.#std > RECOVERED_SHARE * this.#earlyStd || this.#step - since >= UNDERWAY_STEPS;
  }
}
