import { HALF } from '../../domain/diagnosis/spread';
import type { Diagnosis, Measurement } from '../../domain/measurement';
import type { LiveKey, LiveValue } from '../../domain/runConfig';
import { LossTrend, type LossTrendState } from './lossTrend';
import { FIRST_STEPS, OutputWatch, type OutputWatchState } from './outputWatch';
import { RankWatch, type RankWatchState } from './rankWatch';

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

/** The state of the diagnosis: what it keeps of the run so far. */
export interface RunDiagnosisState {
  readonly diagnosis: Diagnosis;
  readonly step: number;
  readonly firstLoss: number | null;
  readonly output: OutputWatchState;
  readonly rank: RankWatchState;
  readonly trend: LossTrendState;
}

/**
 * Determines the state of a run from its measurements, compared with its own first steps: narrowing or collapsed (std towards 0, and the
 * loss near its minimum), recovering or stuck after that, dimensionally collapsed (std healthy, effective rank of z fallen), not converging
 * (the loss stays high), oscillating, diverged, or none of these. It needs the rank of step 0, before the first update, since much of a
 * fall happens in the first 25 steps. One instance per run.
 */
export class RunDiagnosis {
  readonly #output: OutputWatch;
  readonly #rank: RankWatch;
  readonly #trend: LossTrend;
  #now: Pick<RunDiagnosisState, 'diagnosis' | 'step' | 'firstLoss'> = {
    diagnosis: { state: 'starting' },
    step: 0,
    firstLoss: null,
  };

  constructor({ outputDim, rankBound, lossRange }: RunDiagnosisOptions) {
    this.#output = new OutputWatch(outputDim, lossRange);
    this.#rank = new RankWatch(rankBound, lossRange);
    this.#trend = new LossTrend(lossRange);
  }

  /**
   * To be called when a setting is changed in flight after `step` updates: the losses before it say nothing about the trend after it, and
   * the change may remove the cause of a collapse, or bring it back.
   */
  changed(step: number, key: LiveKey, value: LiveValue): void {
    this.#trend.restart();
    if (key === 'stopGradient') this.#output.causeChanged(step, value === true);
    if (key === 'predictor') this.#output.causeChanged(step, value !== 'none');
  }

  /** The diagnosis after the last measurement. */
  get current(): Diagnosis {
    return this.#now.diagnosis;
  }

  state(): RunDiagnosisState {
    return { ...this.#now, output: this.#output.state(), rank: this.#rank.state(), trend: this.#trend.state() };
  }

  /** Goes back to a state, of this run or of another with the same options. */
  restore({ output, rank, trend, ...now }: RunDiagnosisState): void {
    this.#now = now;
    this.#output.restore(output);
    this.#rank.restore(rank);
    this.#trend.restore(trend);
  }

  /** Adds a measurement, in the order of steps, and returns the new diagnosis. */
  add(measurement: Measurement): Diagnosis {
    // A run cannot recover from non-finite weights.
    if (this.#now.diagnosis.state === 'diverged') return this.#now.diagnosis;
    const { step, loss, outputStd, effectiveRank } = measurement;
    this.#now = { ...this.#now, step: Math.max(this.#now.step, step) };
    if (loss !== undefined) {
      if (this.#hasExploded(loss)) {
        this.#now = { ...this.#now, diagnosis: { state: 'diverged', since: step, loss } };
        return this.#now.diagnosis;
      }
      this.#now = { ...this.#now, firstLoss: this.#now.firstLoss ?? loss };
      this.#output.takeLoss(loss);
      this.#trend.add(step, loss);
    }
    if (outputStd !== undefined) this.#output.takeStd(step, outputStd);
    if (effectiveRank !== undefined) this.#rank.take(step, effectiveRank);
    this.#now = { ...this.#now, diagnosis: this.#judge() };
    return this.#now.diagnosis;
  }

  #hasExploded(loss: number): boolean {
    if (!Number.isFinite(loss)) return true;
    const { firstLoss } = this.#now;
    const limit = firstLoss === null ? EXPLODED_AT_ONCE : EXPLODED_FACTOR * Math.max(1, Math.abs(firstLoss));
    return Math.abs(loss) > limit;
  }

  #judge(): Diagnosis {
    if (this.#now.step < FIRST_STEPS) return { state: 'starting' };
    const output = this.#output.judge();
    const { loss, std: outputStd } = this.#output.state();
    if (output === 'collapsed') return { state: output, since: this.#output.collapsedSince, outputStd, loss };
    if (output === 'recovering' || output === 'stuck') {
      return { state: output, since: this.#since(output), share: this.#output.share, outputStd };
    }
    const oscillation = this.#trend.oscillates();
    if (oscillation !== null) {
      const { diagnosis } = this.#now;
      const since = diagnosis.state === 'oscillation' ? diagnosis.since : oscillation.since;
      return { state: 'oscillation', ...oscillation, since };
    }
    const fallen = this.#rank.fallen;
    if (fallen !== null && this.#isDimensional(fallen.since)) return { state: 'dimensional', ...fallen, outputStd };
    if (output === 'narrowing') {
      return { state: output, since: this.#since(output), share: this.#output.share, outputStd };
    }
    const standing = this.#trend.stands();
    if (standing === null) return { state: 'learning' };
    return { state: 'no-convergence', since: this.#since('no-convergence'), ...standing };
  }

  /** The first step of a state: that of the last diagnosis if it has not changed. */
  #since(state: 'narrowing' | 'recovering' | 'stuck' | 'no-convergence'): number {
    const { diagnosis, step } = this.#now;
    return diagnosis.state === state ? diagnosis.since : step;
  }

  /**
   * Whether a fall of the rank is dimensional: not the beginning of a collapse to a constant, which the std will show, nor outputs that a
   * rate far too large scatters in a few directions without making the views agree.
   */
  #isDimensional(since: number): boolean {
    const { diagnosis, step } = this.#now;
    if (diagnosis.state === 'dimensional') return true;
    return this.#trend.agrees() && (this.#output.share > HALF || step - since >= UNDERWAY_STEPS);
  }
}
