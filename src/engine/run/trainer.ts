import * as tf from '@tensorflow/tfjs';
import { type ImageDataset, indicesOf, TRAIN } from '../../domain/imageDataset';
import type {
  Baselines,
  Diagnosis,
  Marker,
  Measurement,
  NeighboursSnapshot,
  Resources,
  ViewsSnapshot,
} from '../../domain/measurement';
import { METHODS } from '../../domain/methods/registry';
import {
  type LiveChange,
  type LiveKey,
  type LiveSettings,
  type LiveValue,
  liveSchema,
  liveSettingsOf,
  type RunConfig,
} from '../../domain/runConfig';
import { BatchSampler } from '../images/batchSampler';
import { ImageSource } from '../images/imageSource';
import { ShownViews } from '../images/shownViews';
import { bindingLimit, isWebGpu } from '../kernels/runtime/program';
import { tuneConvolutions } from '../kernels/tuning/tuneConvolutions';
import type { TuningCache } from '../kernels/tuning/tuningCache';
import type { Method } from '../methods/method';
import { createMethod, passesOf } from '../methods/registry';
import { RunDiagnosis } from '../monitors/diagnosis';
import { collapseLevel } from '../monitors/outputStd';
import { RunMonitors } from '../monitors/runMonitors';
import { tunedConvolutions } from '../network/tunedConvolutions';
import { cosineDecay, scaledLearningRate } from '../optim/schedule';
import { type StepMetrics, type StepPlan, StepRunner } from '../step/stepRunner';
import { checkRun } from './checkRun';
import { GoodWeights } from './goodWeights';
import { RunClock } from './runClock';

/** What a run tells its owner while it goes on. */
export interface TrainerListener {
  measured(measurement: Measurement): void;
  baselines(baselines: Baselines): void;
  neighbours(snapshot: NeighboursSnapshot): void;
  views(snapshot: ViewsSnapshot): void;
  marked(marker: Marker): void;
  diagnosed(diagnosis: Diagnosis): void;
  resources(resources: Resources): void;
}

/** Steps whose numbers may still be on their way back from the device: it computes the next while the last is read. */
const MAX_PENDING = 2;
/** Good weights are kept this often, for a run that diverges. */
const SNAPSHOT_EVERY = 100;
const RESOURCES_EVERY_MS = 1000;
/** Ranks come with every probe while measuring takes less than this share of the time, else with every fourth. */
const RANK_BUDGET = 0.07;
const RANK_AT_LEAST = 4;

interface Pending {
  readonly step: number;
  readonly learningRate: number;
  readonly metrics: Promise<StepMetrics>;
}

export interface TrainerOptions {
  /** False has every step run op by op on WebGPU too, to compare with. */
  readonly recordSteps?: boolean;
  /** Where the choice of kernels for this adapter is kept; without it they stay as they are. */
  readonly tuning?: TuningCache;
  /** The adapter is a processor pretending: it compiles slowly, and gets longer to choose. */
  readonly isSoftware?: boolean;
}

/** Time to choose kernels in, where the choice is not known yet. */
const TUNING_MS = { hardware: 300, software: 1500 };

export type StepOutcome = 'continue' | 'finished' | 'diverged';

/**
 * One run: draw, augment, step, measure. Same config, seed, data, adapter and engine give the same series: every draw depends on the
 * seed and the step alone, and measuring touches nothing that trains.
 */
export class Trainer {
  readonly config: RunConfig;
  readonly #options: TrainerOptions;
  readonly #source: ImageSource;
  readonly #method: Method;
  readonly #runner: StepRunner;
  readonly #sampler: BatchSampler;
  readonly #monitors: RunMonitors;
  readonly #diagnosis: RunDiagnosis;
  readonly #listener: TrainerListener;
  readonly #replay: LiveChange[];
  readonly #changes: LiveChange[] = [];
  readonly #pending: Pending[] = [];
  #live: LiveSettings;
  #step = 0;
  #state: Diagnosis['state'] = 'starting';
  #diverged = false;
  #cancelled = false;
  readonly #good: GoodWeights;
  readonly #views: ShownViews;
  readonly #clock = new RunClock();
  #lastResources = Number.NEGATIVE_INFINITY;

  /**
   * Builds the networks; `start` measures them before the first step.
   * @param changes changes in flight to make at their steps, as a link carries them
   * @throws RunError when settings or images do not make a run
   */
  constructor(
    dataset: ImageDataset,
    config: RunConfig,
    changes: readonly LiveChange[],
    listener: TrainerListener,
    options: TrainerOptions = {},
  ) {
    checkRun(dataset, config, bindingLimit());
    this.config = config;
    this.#options = options;
    this.#listener = listener;
    this.#replay = [...changes].sort((a, b) => a[0] - b[0]);
    this.#live = liveSettingsOf(config);
    this.#source = new ImageSource(dataset);
    const train = indicesOf(dataset, TRAIN);
    this.#sampler = new BatchSampler(train, config.batchSize, config.seed);
    this.#method = createMethod(config, { count: train.length });
    this.#method.liveChanged('predictor', this.#live);
    const imagesOf = (step: number) => this.#sampler.batch(step).images;
    this.#runner = new StepRunner(config, this.#source, this.#method, options.recordSteps ?? true, imagesOf);
    this.#monitors = new RunMonitors(this.#method, this.#source, config, () => this.#cancelled);
    this.#diagnosis = new RunDiagnosis({
      outputDim: config.outputDim,
      rankBound: this.#monitors.rankBound,
      lossRange: METHODS[config.method].lossRange(config),
    });
    this.#good = new GoodWeights(this.#method.parameters);
    this.#views = new ShownViews(this.#source, (snapshot) => {
      if (!this.#cancelled) listener.views(snapshot);
    });
  }

  /** Steps done. */
  get step(): number {
    return this.#step;
  }

  get batchesPerEpoch(): number {
    return this.#sampler.batchesPerEpoch;
  }

  /** Changes made so far, those of the link included: what makes this run again. */
  get changes(): readonly LiveChange[] {
    return this.#changes;
  }

  /** Ends a measurement that is under way at its next chunk, with a CancelledError; the run is over then. */
  cancel(): void {
    this.#cancelled = true;
  }

  /** Chooses and compiles the kernels. */
  async prepare(): Promise<void> {
    const { tuning, isSoftware = false } = this.#options;
    if (tuning !== undefined && isWebGpu()) {
      const budget = isSoftware ? TUNING_MS.software : TUNING_MS.hardware;
      await tuneConvolutions(tunedConvolutions(passesOf(this.config)), tuning, budget, this.config.precision);
    }
    await this.#runner.compile(this.#plan());
  }

  /** Prepares, and measures the untrained network and the baselines. */
  async start(): Promise<void> {
    await this.prepare();
    await this.#measuring(async () => {
      const untrained = await this.#measureAccuracies();
      if (this.config.probe.every > 0) await this.#measureProbe();
      this.#listener.baselines(await this.#monitors.baselines(untrained));
    });
    this.#clock.start();
  }

  /** Changes a setting before the next step. */
  change(key: LiveKey, value: LiveValue): void {
    this.#live = liveSchema.parse({ ...this.#live, [key]: value });
    this.#method.liveChanged(key, this.#live);
    this.#diagnosis.changed();
    this.#changes.push([this.#step, key, value]);
    this.#listener.marked({ kind: 'change', step: this.#step, key, value });
  }

  /** Images whose neighbours are reported from now on; reported at once from the last measurement. */
  async setQueries(indices: readonly number[]): Promise<void> {
    this.#monitors.setQueries(indices);
    await this.#reportNeighbours();
  }

  /** One update, and what is due to be measured after it. */
  async advance(): Promise<StepOutcome> {
    if (this.#diverged) return 'diverged';
    if (this.#step >= this.config.totalSteps) return 'finished';
    const started = tf.util.now();
    while (this.#replay.length > 0 && this.#replay[0][0] <= this.#step) {
      const [[, key, value]] = this.#replay.splice(0, 1);
      this.change(key, value);
    }
    this.#update();
    while (this.#pending.length > MAX_PENDING) await this.#readOldest();
    this.#account(started);
    if (this.#diverged) return 'diverged';
    await this.#measureIfDue();
    if (this.#diverged) return 'diverged';
    if (this.#step < this.config.totalSteps) return 'continue';
    await this.flush();
    return this.#diverged ? 'diverged' : 'finished';
  }

  #plan(): StepPlan {
    const { scheduled, initial } = this.#rates();
    const batch = this.#sampler.batch(this.#step);
    return { step: this.#step, ...batch, live: this.#live, learningRate: scheduled, initialLearningRate: initial };
  }

  #update(): void {
    const plan = this.#plan();
    const metrics = this.#runner.run(plan);
    this.#step += 1;
    this.#pending.push({ step: this.#step, learningRate: plan.learningRate, metrics });
    this.#views.after(this.#step, plan.images, this.#runner.views);
  }

  #rates(): { scheduled: number; initial: number } {
    const { batchSize, schedule, totalSteps } = this.config;
    const initial = scaledLearningRate(this.#live.baseLearningRate, batchSize);
    return { initial, scheduled: schedule === 'cosine' ? cosineDecay(initial, this.#step, totalSteps) : initial };
  }

  async #readOldest(): Promise<void> {
    const pending = this.#pending.shift();
    if (pending === undefined) return;
    const { loss, outputStd } = await pending.metrics;
    if (this.#diverged) return;
    const { step, learningRate } = pending;
    this.#report({
      step,
      loss,
      outputStd,
      collapseLevel: collapseLevel(outputStd, this.config.outputDim),
      learningRate,
    });
    if (this.#state === 'diverged') this.#keepGoodWeights();
    else this.#good.confirm(step);
  }

  /** Weights after a loss that is no number are no weights: go back to the last that were good. */
  #keepGoodWeights(): void {
    this.#diverged = true;
    this.#step = this.#good.restore();
  }

  #report(measurement: Measurement): void {
    this.#listener.measured(measurement);
    const diagnosis = this.#diagnosis.add(measurement);
    if (diagnosis.state === this.#state) return;
    this.#state = diagnosis.state;
    this.#listener.diagnosed(diagnosis);
    if ('since' in diagnosis) {
      this.#listener.marked({ kind: 'diagnosis', step: diagnosis.since, state: diagnosis.state });
    }
  }

  /** Waits until everything done so far is reported. */
  async flush(): Promise<void> {
    while (this.#pending.length > 0) await this.#readOldest();
    await this.#views.flush();
  }

  async #measureIfDue(): Promise<void> {
    const due = (every: number) => every > 0 && this.#step % every === 0;
    const last = this.#step === this.config.totalSteps;
    const probe = due(this.config.probe.every) || (last && this.config.probe.every > 0);
    const accuracies = due(this.config.knn.every) || (last && this.config.knn.every > 0);
    const snapshot = this.#step % SNAPSHOT_EVERY === 0;
    if (!probe && !accuracies && !snapshot) return;
    await this.flush();
    if (this.#diverged) return;
    if (snapshot) this.#good.take(this.#step);
    await this.#measuring(async () => {
      if (probe) await this.#measureProbe();
      if (accuracies) await this.#measureAccuracies();
    });
  }

  async #measureProbe(): Promise<void> {
    await this.#monitors.probe(this.#step);
    await this.#reportNeighbours();
    // A rank is tens of milliseconds on the CPU: on a fast GPU as much as several steps, so it is then measured less often.
    if (this.#clock.measuringShare > RANK_BUDGET && this.#step % (RANK_AT_LEAST * this.config.probe.every) !== 0)
      return;
    const ranks = this.#monitors.ranks();
    if (ranks !== null) this.#report(ranks);
  }

  async #measureAccuracies(): Promise<Measurement> {
    if (this.config.knn.every === 0) return { step: this.#step };
    const measurement = await this.#monitors.accuracies(this.#step);
    this.#report(measurement);
    return measurement;
  }

  async #reportNeighbours(): Promise<void> {
    const snapshot = await this.#monitors.neighbours();
    if (snapshot !== null) this.#listener.neighbours(snapshot);
  }

  async #measuring(measure: () => Promise<void>): Promise<void> {
    const started = tf.util.now();
    await measure();
    this.#clock.measured(tf.util.now() - started);
  }

  #account(started: number): void {
    const now = tf.util.now();
    const stepsPerSecond = this.#clock.stepped(now - started);
    if (stepsPerSecond !== null) {
      const imagesPerSecond = stepsPerSecond * this.config.batchSize;
      this.#listener.measured({ step: this.#step, imagesPerSecond });
    }
    if (now - this.#lastResources < RESOURCES_EVERY_MS) return;
    this.#lastResources = now;
    this.#listener.resources(this.resources());
  }

  /** What the run holds and costs now. */
  resources(): Resources {
    const memory = tf.memory() as tf.MemoryInfo & { numBytesInGPUAllocated?: number; numBytesAllocatedInGPU?: number };
    const allocated = memory.numBytesAllocatedInGPU ?? memory.numBytesInGPUAllocated ?? memory.numBytes;
    return {
      step: this.#step,
      gpuBytes: allocated + this.#runner.bytes,
      tensors: memory.numTensors,
      measuringShare: this.#clock.measuringShare,
    };
  }

  dispose(): void {
    // Nobody waits for these any more, and a lost device must not be reported twice.
    for (const { metrics } of this.#pending.splice(0)) metrics.catch(() => undefined);
    this.#good.dispose();
    this.#monitors.dispose();
    this.#runner.dispose();
    this.#method.dispose();
  }
}
