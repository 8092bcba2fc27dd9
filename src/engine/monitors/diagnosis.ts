import type { Diagnosis, Measurement } from '../../domain/measurement';
import { LossTrend, type LossTrendState } from './lossTrend';

/** Length of the run's start in steps: nothing is judged during it, and its largest std is the early std. */
const FIRST_STEPS = 10;
/** Consecutive std measurements for which a collapse, or a recovery from it, must last to be reported. */
const PERSISTENT_STDS = 5;
/** Consecutive rank measurements for which a fall of the rank must last to be reported. */
const PERSISTENT_RANKS = 2;

/**
 * A run is collapsed below this share of the early std. Healthy runs keep 0.96 and more of it; runs that collapse end at 0.03 to 0.2,
 * including those whose outputs were hardly spread at the start (no BN in the heads).
 */
const COLLAPSED_SHARE = 0.3;
/** The std must also be below this share of 1/sqrt(d), so that a rank-2 output with a std of 0.3 does not count as constant. */
const COLLAPSED_SPREAD = 0.2;
/** The loss must also be this near its minimum, as a share of its range, since equal outputs agree. */
const COLLAPSED_LOSS_GAP = 0.02;
/** A run has recovered above this share of the early std. After a collapse, stop-gradient alone restores less than a quarter of it. */
const RECOVERED_SHARE = 0.5;

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
/**
 * A low rank with a std below half its early level is usually the beginning of a collapse to a constant. It is reported as dimensional only
 * if it lasts for this many steps.
 */
const UNDERWAY_STEPS = 200;

/**
 * A run has diverged when a loss is above this multiple of the first loss (or of 1, if the first is smaller), or when the first loss is
 * above `EXPLODED_AT_ONCE`.
 */
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
  /** The rank before the fall, and the limit below which a rank has fallen. */
  readonly startRank: number;
  readonly limit: number;
}

/** The state of the diagnosis: what it keeps of the run so far. */
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
  /** The ranks of the last `RANK_WINDOW` steps. */
  readonly ranks: readonly { readonly step: number; readonly rank: number }[];
  readonly startRank: number | null;
  readonly fall: (Fall & { readonly count: number }) | null;
  readonly trend: LossTrendState;
}

/**
 * Determines the state of a run from its measurements alone, compared with its own first steps: collapsed (loss near its minimum, std
 * towards 0), dimensionally collapsed (std healthy, effective rank of z fallen), not converging (the loss stays high), oscillating,
 * diverged, or none of these. It needs the rank of step 0, before the first update, since much of a fall happens in the first 25 steps. One
 * instance per run.
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

  /** To be called when a setting is changed in flight, since the losses before it say nothing about the trend after it. */
  changed(): void {
    this.#trend.restart();
  }

  /** The diagnosis after the last measurement. */
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

  /** Adds a measurement, in the order of steps, and returns the new diagnosis. */
  add(measurement: Measurement): Diagnosis {
    // A run cannot recover from non-finite weights.
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
    // The first std counts as early even if it is measured after the run's start.
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

  /** The fall that this rank begins or continues; null where it has not fallen. */
  #fallAt(step: number, rank: number, ranks: RunDiagnosisState['ranks'], startRank: number): RunDiagnosisState['fall'] {
    const { fall } = this.#now;
    if (fall === null) {
      const recent = ranks.reduce((peak, earlier) => Math.max(peak, earlier.rank), 0);
      const begun = this.#fallFrom(step, recent, startRank);
      return rank < begun.limit ? { ...begun, count: 1 } : null;
    }
    // Compared with the limit of the fall, since the rank before it may have left the window.
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

  /** For runs with healthy outputs: judges whether the loss converges. */
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

  /** Whether a fall is dimensional, and not the beginning of a collapse to a constant, which the std will show. */
  #isDimensional({ since }: Fall): boolean {
    const { diagnosis, std, earlyStd, step } = this.#now;
    if (diagnosis.state === 'dimensional-collapse') return true;
    return std > RECOVERED_SHARE * earlyStd || step - since >= UNDERWAY_STEPS;
  }
}
