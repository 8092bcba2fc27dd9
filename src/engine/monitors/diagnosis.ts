import type { Diagnosis, Measurement } from '../../domain/measurement';
import { LossTrend, type LossTrendState } from './lossTrend';

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

/** What the diagnosis remembers of the run so far. */
export interface RunDiagnosisState {
  readonly diagnosis: Diagnosis;
  readonly step: number;
  readonly firstLoss: number | null;
  /** The last loss and std; NaN before the first. */
  readonly loss: number;
  readonly std: number;
  readonly earlyStd: number;
  /** Std measurements in a row that look collapsed, and the step of the first of them. */
  readonly collapsing: { readonly since: number; readonly count: number };
  /** Std measurements in a row that look recovered. */
  readonly recovering: number;
  /** Those of the last `RANK_WINDOW` steps. */
  readonly ranks: readonly { readonly step: number; readonly rank: number }[];
  readonly startRank: number | null;
  readonly fall: (Fall & { readonly count: number }) | null;
  readonly trend: LossTrendState;
}

/**
 * Says what state a run is in, from its measurements alone and against its own first steps: collapsed (loss near its minimum, std
 * towards 0), dimensionally collapsed (std healthy, effective rank of z fallen), not converging (the loss stays high), oscillating,
 * diverged, or none of these. Wants the rank of step 0,
 * before the first update: much of a fall happens in the first 25 steps. One instance per run.
 */
export class RunDiagnosis {
  readonly #options: RunDiagnosisOptions;
  readonly #trend: LossTrend;
  #now: Omit<RunDiagnosisState, 'trend'> = {
    diagnosis: { state: 'starting' },
    step: 0,
    firstLoss: null,
    loss: Number.NaN,
    std: Number.NaN,
    earlyStd: 0,
    collapsing: { since: 0, count: 0 },
    recovering: 0,
    ranks: [],
    startRank: null,
    fall: null,
  };

  constructor(options: RunDiagnosisOptions) {
    this.#options = options;
    this.#trend = new LossTrend(options.lossRange);
  }

  /** Says that a setting was changed in flight: what the loss did before says nothing about where it goes now. */
  changed(): void {
    this.#trend.restart();
  }

  /** As judged by the last measurement. */
  get current(): Diagnosis {
    return this.#now.diagnosis;
  }

  state(): RunDiagnosisState {
    return { ...this.#now, trend: this.#trend.state() };
  }

  /** Goes back to a state, of this run or of another with the same options. */
  restore({ trend, ...now }: RunDiagnosisState): void {
    this.#now = now;
    this.#trend.restore(trend);
  }

  #set(changed: Partial<RunDiagnosisState>): void {
    this.#now = { ...this.#now, ...changed };
  }

  /** Takes in what was measured at a step, in the order of steps, and judges anew. */
  add(measurement: Measurement): Diagnosis {
    // Nothing leads back from non-finite weights.
    if (this.#now.diagnosis.state === 'diverged') return this.#now.diagnosis;
    const { step, loss, outputStd, effectiveRank } = measurement;
    this.#set({ step: Math.max(this.#now.step, step) });
    if (loss !== undefined) {
      if (this.#hasExploded(loss)) {
        this.#set({ diagnosis: { state: 'diverged', since: step, loss } });
        return this.#now.diagnosis;
      }
      this.#set({ firstLoss: this.#now.firstLoss ?? loss, loss });
      this.#trend.add(step, loss);
    }
    if (outputStd !== undefined) this.#takeStd(step, outputStd);
    if (effectiveRank !== undefined) this.#takeRank(step, effectiveRank);
    this.#set({ diagnosis: this.#judge() });
    return this.#now.diagnosis;
  }

  #hasExploded(loss: number): boolean {
    if (!Number.isFinite(loss)) return true;
    const { firstLoss } = this.#now;
    const limit = firstLoss === null ? EXPLODED_AT_ONCE : EXPLODED_FACTOR * Math.max(1, Math.abs(firstLoss));
    return Math.abs(loss) > limit;
  }

  #takeStd(step: number, std: number): void {
    const { earlyStd, collapsing, recovering } = this.#now;
    // The first one counts even where it comes late.
    const early = step <= FIRST_STEPS || earlyStd === 0 ? Math.max(earlyStd, std) : earlyStd;
    const { since, count } = collapsing;
    this.#set({
      std,
      earlyStd: early,
      collapsing: this.#looksCollapsed(std, early)
        ? { since: count === 0 ? step : since, count: count + 1 }
        : { since: 0, count: 0 },
      recovering: std > RECOVERED_SHARE * early ? recovering + 1 : 0,
    });
  }

  #looksCollapsed(std: number, earlyStd: number): boolean {
    const { outputDim, lossRange } = this.#options;
    const limit = Math.min(COLLAPSED_SHARE * earlyStd, COLLAPSED_SPREAD / Math.sqrt(outputDim));
    if (!(std < limit)) return false;
    return lossRange === null || this.#now.loss <= lossRange[0] + COLLAPSED_LOSS_GAP * (lossRange[1] - lossRange[0]);
  }

  #takeRank(step: number, rank: number): void {
    const ranks = [...this.#now.ranks.filter((earlier) => earlier.step >= step - RANK_WINDOW), { step, rank }];
    const startRank = this.#now.startRank ?? rank;
    this.#set({ ranks, startRank, fall: this.#fallAt(step, rank, ranks, startRank) });
  }

  /** The fall that this rank begins or goes on with; null where it is not fallen. */
  #fallAt(step: number, rank: number, ranks: RunDiagnosisState['ranks'], startRank: number): RunDiagnosisState['fall'] {
    const { fall } = this.#now;
    if (fall === null) {
      const recent = ranks.reduce((peak, earlier) => Math.max(peak, earlier.rank), 0);
      const begun = this.#fallFrom(step, recent, startRank);
      return rank < begun.limit ? { ...begun, count: 1 } : null;
    }
    // Judged against the rank it fell from, which has left the window once the fall is old.
    const { count, limit } = fall;
    const persists = rank < (count < PERSISTENT_RANKS ? limit : RECOVERED_RANK * limit);
    return persists ? { ...fall, count: count + 1 } : null;
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
    const { diagnosis: before, step, loss, std, collapsing, recovering, ranks, fall } = this.#now;
    if (step < FIRST_STEPS) return { state: 'starting' };
    if (before.state === 'collapsed' && recovering < PERSISTENT_STDS) return { ...before, outputStd: std, loss };
    if (collapsing.count >= PERSISTENT_STDS) {
      return { state: 'collapsed', since: collapsing.since, outputStd: std, loss };
    }
    if (fall !== null && fall.count >= PERSISTENT_RANKS && this.#isDimensional(fall)) {
      const { since, startRank } = fall;
      return {
        state: 'dimensional-collapse',
        since,
        effectiveRank: ranks[ranks.length - 1].rank,
        startRank,
        outputStd: std,
      };
    }
    return this.#judgeTrend();
  }

  /** Of runs whose outputs are as they should be: whether the loss gets anywhere. */
  #judgeTrend(): Diagnosis {
    const { diagnosis: before, step } = this.#now;
    const oscillation = this.#trend.oscillates();
    if (oscillation !== null) {
      const since = before.state === 'oscillation' ? before.since : oscillation.since;
      return { state: 'oscillation', ...oscillation, since };
    }
    const standing = this.#trend.stands();
    if (standing === null) return { state: 'learning' };
    const since = before.state === 'no-convergence' ? before.since : step;
    return { state: 'no-convergence', since, ...standing };
  }

  /** Not merely the rank's side of a collapse to a constant, which the std will show. */
  #isDimensional({ since }: Fall): boolean {
    const { diagnosis, std, earlyStd, step } = this.#now;
    if (diagnosis.state === 'dimensional-collapse') return true;
    return std > RECOVERED_SHARE * earlyStd || step - since >= UNDERWAY_STEPS;
  }
}
