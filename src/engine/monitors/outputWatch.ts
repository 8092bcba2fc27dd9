import { exceedsConstant, HALF, NARROWED_SHARE, spreadOf } from '../../domain/diagnosis/spread';

/** Length of the run's start in steps: nothing is judged during it, and its largest std is the early std. */
export const FIRST_STEPS = 10;
/** Consecutive std measurements that must look collapsed for a collapse to be reported. */
const PERSISTENT = 5;
/** The std is averaged over this many steps, since that of one batch is noisy. */
const LEVEL_STEPS = 5;
/** The number of recent steps that are compared. */
const WINDOW = 100;

/** The loss must be this near its minimum for a collapse, as a share of its range, since equal outputs agree. */
const COLLAPSED_LOSS_GAP = 0.02;

/**
 * A std falls where it has lost `QUICK_LOSS` of its level in `QUICK_STEPS` steps, or is near a new low that it reached in the last `LOW_STEPS`
 * steps. A fall that has been reported ends only after twice as many steps without a new low, since noise hides a slow fall.
 */
const QUICK_STEPS = 20;
const QUICK_LOSS = 0.1;
const NEW_LOW = 0.99;
const NEAR_LOW = 1.08;
const LOW_STEPS = 50;
/** A narrowing ends after this many steps in which the std does not narrow, so that noise does not end it. */
const QUIET_STEPS = 20;

/**
 * A std rises where it exceeds the lowest level of the last `WINDOW` steps by this factor, and by this share of the early std. Collapsed
 * outputs creep up by a factor of 1.2 at most.
 */
const RISE = 1.3;
const RISE_SHARE = 0.03;
/** A rise counts as going on for this many steps after it was last seen. */
const RISE_STEPS = 50;
/** A run is stuck when its std has not risen for this many steps after the cause of its fall was removed. */
const STUCK_STEPS = 100;

/** A fall of the std below half of its early level, from which it has not recovered. */
interface Fall {
  /** Whether it became a collapse. */
  readonly collapsed: boolean;
  /** First step of the collapse that the outputs are in now; null while they are not constant. */
  readonly constantSince: number | null;
  /** Step at which its cause was removed in flight (stop-gradient or the predictor switched on again); null while the cause remains. */
  readonly remedied: number | null;
  /** Step at which the std was last seen rising; null if it was not. */
  readonly rose: number | null;
}

export interface OutputWatchState {
  readonly step: number;
  /** The last loss and std; NaN before the first. */
  readonly loss: number;
  readonly std: number;
  readonly earlyStd: number;
  /** The stds of the last `WINDOW` steps, oldest first. */
  readonly recent: readonly number[];
  /** The lowest level so far, and the step at which it was reached. */
  readonly low: { readonly level: number; readonly step: number };
  /** Std measurements in a row that look collapsed, and the step of the first of them. */
  readonly collapsing: { readonly since: number; readonly count: number };
  /** The last step at which the std narrowed, while that is reported; else null. */
  readonly narrowed: number | null;
  readonly fall: Fall | null;
}

/** What the std says of a run; null where the outputs stay spread. */
export type OutputJudgement = 'collapsed' | 'recovering' | 'stuck' | 'narrowing' | null;

/** Watches the output std of a run relative to its own early level: whether it narrows, collapses and recovers. */
export class OutputWatch {
  readonly #evenStd: number;
  readonly #lossRange: readonly [min: number, max: number] | null;
  #now: OutputWatchState = {
    step: 0,
    loss: Number.NaN,
    std: Number.NaN,
    earlyStd: 0,
    recent: [],
    low: { level: Number.POSITIVE_INFINITY, step: 0 },
    collapsing: { since: 0, count: 0 },
    narrowed: null,
    fall: null,
  };

  /** @param lossRange smallest and largest loss; null where the smallest is not known, so that the std alone decides */
  constructor(outputDim: number, lossRange: readonly [min: number, max: number] | null) {
    this.#evenStd = 1 / Math.sqrt(outputDim);
    this.#lossRange = lossRange;
  }

  state(): OutputWatchState {
    return this.#now;
  }

  restore(state: OutputWatchState): void {
    this.#now = state;
  }

  /** The share of the early std that is left, in [0, 1] or a little more. */
  get share(): number {
    return this.#level(0) / this.#now.earlyStd;
  }

  /** The first step of the collapse; the last step where there is none. */
  get collapsedSince(): number {
    return this.#now.fall?.constantSince ?? this.#now.step;
  }

  takeLoss(loss: number): void {
    this.#now = { ...this.#now, loss };
  }

  takeStd(step: number, std: number): void {
    const { earlyStd, recent, collapsing, low } = this.#now;
    // The first std counts as early even if it is measured after the run's start.
    const early = step <= FIRST_STEPS || earlyStd === 0 ? Math.max(earlyStd, std) : earlyStd;
    const looksCollapsed = this.#looksCollapsed(std, early);
    this.#now = {
      ...this.#now,
      step,
      std,
      earlyStd: early,
      recent: [...recent.slice(1 - WINDOW), std],
      collapsing: looksCollapsed
        ? { since: collapsing.count === 0 ? step : collapsing.since, count: collapsing.count + 1 }
        : { since: 0, count: 0 },
    };
    const level = this.#level(0);
    this.#now = { ...this.#now, low: level < NEW_LOW * low.level ? { level, step } : low };
    this.#now = { ...this.#now, narrowed: this.#narrowedAt(), fall: this.#fallNow() };
  }

  /** To be called when stop-gradient or the predictor is switched in flight. `removed`: the cause of a collapse is no longer there. */
  causeChanged(step: number, removed: boolean): void {
    const { fall } = this.#now;
    if (fall === null) return;
    this.#now = { ...this.#now, fall: { ...fall, remedied: removed ? step : null, rose: null } };
  }

  /** What the stds so far say. */
  judge(): OutputJudgement {
    const { fall, step } = this.#now;
    if (step < FIRST_STEPS) return null;
    if (fall !== null && (fall.collapsed || fall.remedied !== null)) {
      // Outputs that became constant after a rise no longer recover.
      const isOver = fall.constantSince !== null && fall.rose !== null && fall.constantSince > fall.rose;
      if (fall.rose !== null && step - fall.rose < RISE_STEPS && !isOver) return 'recovering';
      if (fall.remedied !== null && step - Math.max(fall.remedied, fall.rose ?? 0) >= STUCK_STEPS) return 'stuck';
    }
    if (fall !== null && fall.constantSince !== null) return 'collapsed';
    return this.#now.narrowed === null ? null : 'narrowing';
  }

  /** Mean of the `LEVEL_STEPS` stds up to `ago` steps before the last, or of as many as there are. */
  #level(ago: number): number {
    const { recent } = this.#now;
    const end = Math.max(1, recent.length - ago);
    const values = recent.slice(Math.max(0, end - LEVEL_STEPS), end);
    return values.reduce((sum, value) => sum + value, 0) / values.length;
  }

  #looksCollapsed(std: number, earlyStd: number): boolean {
    if (spreadOf(std / this.#evenStd, earlyStd / this.#evenStd) !== 'constant') return false;
    const range = this.#lossRange;
    return range === null || this.#now.loss <= range[0] + COLLAPSED_LOSS_GAP * (range[1] - range[0]);
  }

  #falls(): boolean {
    const { low, step, narrowed } = this.#now;
    const level = this.#level(0);
    if (level < (1 - QUICK_LOSS) * this.#level(QUICK_STEPS)) return true;
    return step - low.step < (narrowed === null ? 1 : 2) * LOW_STEPS && level <= NEAR_LOW * low.level;
  }

  /** The last step at which the std was under `NARROWED_SHARE` and fell, or was under `HALF`; null once that is over. */
  #narrowedAt(): number | null {
    const { narrowed, step } = this.#now;
    if (this.share < HALF || (this.share < NARROWED_SHARE && this.#falls())) return step;
    return narrowed === null || step - narrowed >= QUIET_STEPS ? null : narrowed;
  }

  #rises(): boolean {
    let lowest = Number.POSITIVE_INFINITY;
    for (let ago = 0; ago < this.#now.recent.length; ago += LEVEL_STEPS) lowest = Math.min(lowest, this.#level(ago));
    return this.#level(0) >= Math.max(RISE * lowest, lowest + RISE_SHARE * this.#now.earlyStd);
  }

  #fallNow(): Fall | null {
    const { fall, step, std, earlyStd, collapsing } = this.#now;
    const collapses = collapsing.count >= PERSISTENT;
    if (fall === null) {
      if (!collapses && !(this.share < HALF)) return null;
      return {
        collapsed: collapses,
        constantSince: collapses ? collapsing.since : null,
        remedied: null,
        rose: null,
      };
    }
    const rises = this.#rises();
    if (this.share >= NARROWED_SHARE || (this.share >= HALF && !rises)) return null;
    const since = fall.constantSince ?? (collapses ? collapsing.since : null);
    return {
      ...fall,
      collapsed: fall.collapsed || collapses,
      constantSince: exceedsConstant(std, earlyStd) ? null : since,
      rose: rises ? step : fall.rose,
    };
  }
}
