import * as tf from '@tensorflow/tfjs';
import { saysTheSame } from '../../domain/diagnosis/states';
import type { LabelledFeatures } from '../../domain/features';
import { indicesOf, labelledIndicesOf, TRAIN } from '../../domain/imageDataset';
import type { Measurement, RecoveryMarker, Resources } from '../../domain/measurement';
import { METHODS } from '../../domain/methods/registry';
import type { LiveChange, LiveKey, LiveValue, RunConfig } from '../../domain/runConfig';
import type { Emit } from '../../domain/signal';
import type { WarmStart } from '../../domain/warmStart';
import { BatchSampler } from '../images/batchSampler';
import { ImageSource } from '../images/imageSource';
import { expectPixels, type TrainingImages, withPixels } from '../images/pictureCache';
import { ShownViews } from '../images/shownViews';
import type { Normalisation } from '../kernels/augment/normalisation';
import { bindingLimit } from '../kernels/runtime/program';
import type { Method } from '../methods/method';
import { createMethod } from '../methods/registry';
import { RunDiagnosis } from '../monitors/diagnosis';
import { OnlineProbe } from '../monitors/onlineProbe';
import { collapseLevel } from '../monitors/outputStd';
import { RunMonitors } from '../monitors/runMonitors';
import { cosineDecay, scaledLearningRate } from '../optim/schedule';
import { type StepMetrics, type StepPlan, StepRunner } from '../step/stepRunner';
import { type Due, dueAfter } from './cadence';
import { ChangesInFlight, type ChangesState } from './changesInFlight';
import { checkRun } from './checkRun';
import { Costs } from './costs';
import { GoodWeights } from './goodWeights';
import { type ChosenKernels, KernelChoice, type KernelOptions } from './kernelChoice';
import { Measuring } from './measuring';
import { type Reported, Reports } from './reports';
import { beginWith, type StartingWeights } from './startingWeights';
import type { RunSnapshot } from './state';

/** Batches that are decoded ahead of their steps where the images are kept compressed. */
const BATCHES_AHEAD = 2;

/** The most steps whose metrics are not read yet: the device computes the next step while the last one is read. */
const MAX_PENDING = 2;

interface Pending {
  readonly step: number;
  readonly learningRate: number;
  readonly metrics: Promise<StepMetrics>;
}

export interface TrainerOptions extends KernelOptions {
  /** False runs every step op by op on WebGPU too, for comparison. */
  readonly recordSteps?: boolean;
  /** Makes a frame at every probe, also where that takes more than a small share of the time (`Measuring`). */
  readonly allFrames?: boolean;
  /** The weights that the backbone begins with, and what images are normalised with then; random weights where left out. */
  readonly start?: StartingWeights | null;
}

export type StepOutcome = 'continue' | 'finished' | 'diverged';

/**
 * One run: draw, augment, step, measure. Same config, seed, data, adapter and engine give the same series: every draw depends on the seed
 * and the step alone, and measuring does not affect training.
 */
export class Trainer {
  readonly config: RunConfig;
  /** What its backbone began with; null: random weights. */
  readonly warmStart: WarmStart | null;
  readonly #reports: Reports;
  readonly #source: ImageSource;
  readonly #method: Method;
  readonly #runner: StepRunner;
  readonly #sampler: BatchSampler;
  /** null where there are no labels, or the accuracies are not measured. */
  readonly #probe: OnlineProbe | null;
  readonly #monitors: RunMonitors;
  readonly #measuring: Measuring;
  readonly #diagnosis: RunDiagnosis;
  readonly #changes: ChangesInFlight;
  readonly #kernels: KernelChoice;
  readonly #good: GoodWeights;
  readonly #views: ShownViews;
  readonly #costs: Costs;
  readonly #pending: Pending[] = [];
  #step = 0;
  #diverged = false;
  #cancelled = false;

  /**
   * Builds the networks; `start` measures them before the first step.
   * @param changes changes in flight to make at their steps, as a link carries them
   * @param emit receives what the run reports
   * @throws RunError when a run cannot start with these settings, images and weights
   */
  constructor(
    dataset: TrainingImages,
    config: RunConfig,
    changes: readonly LiveChange[],
    emit: Emit,
    options: TrainerOptions = {},
  ) {
    checkRun(dataset, config, bindingLimit());
    this.config = config;
    this.#reports = new Reports(emit);
    const report: Emit = (signal) => this.#reports.report(signal);
    this.#changes = new ChangesInFlight(config, changes);
    this.#kernels = new KernelChoice(config, options);
    const { start = null } = options;
    this.warmStart = start?.identity ?? null;
    const source = new ImageSource(dataset, config, this.warmStart);
    this.#source = source;
    const train = indicesOf(dataset, TRAIN);
    this.#sampler = new BatchSampler(train, config.batchSize, config.seed);
    this.#method = createMethod(config, { count: train.length });
    if (start?.tensors != null) beginWith(start.tensors, this.#method.parameters, config);
    this.#method.liveChanged('predictor', this.#changes.live);
    const imagesOf = (step: number) => this.#sampler.batch(step).images;
    const labelled = config.knn.every > 0 && labelledIndicesOf(dataset, TRAIN).length > 0;
    this.#probe = labelled ? new OnlineProbe(this.#method.featureDim, dataset.classNames.length) : null;
    this.#runner = new StepRunner(config, source, this.#method, options.recordSteps ?? true, imagesOf, this.#probe);
    this.#monitors = new RunMonitors(this.#method, source, config, () => this.#cancelled, this.#probe);
    this.#measuring = new Measuring(this.#monitors, {
      live: () => this.#changes.live,
      report: (measurement) => this.#report(measurement),
      emit: report,
      allFrames: options.allFrames ?? false,
    });
    this.#diagnosis = new RunDiagnosis({
      outputDim: config.outputDim,
      rankBound: this.#monitors.rankBound,
      lossRange: METHODS[config.method].lossRange(config),
    });
    this.#views = new ShownViews(source, (value) => {
      if (!this.#cancelled) report({ kind: 'views', value });
    });
    const memory = () => ('reader' in dataset ? dataset.reader.memory : null);
    this.#costs = new Costs(config.batchSize, () => this.#runner.bytes, memory, report);
    this.#good = new GoodWeights(this.#snapshot());
  }

  /** Steps done. */
  get step(): number {
    return this.#step;
  }

  /** Changes made so far, including those of the link. With them the run can be repeated. */
  get changes(): readonly LiveChange[] {
    return this.#changes.made;
  }

  /** Changes made so far, and those of the link that are still to be made. */
  get allChanges(): ChangesState {
    return this.#changes.state();
  }

  /** Whether a planned change takes effect before the next step. */
  get isChangeDue(): boolean {
    return this.#changes.isDue(this.#step);
  }

  get dataset(): TrainingImages {
    return this.#source.dataset;
  }

  /** What its images are normalised with. */
  get normalisation(): Normalisation {
    return this.#source.normalisation;
  }

  /** The variants of the kernels that compute the run. */
  get kernels(): ChosenKernels {
    return this.#kernels.chosen;
  }

  /** What the run has reported up to its present step, as far as charts and pictures show it. Complete after `take` or `flush`. */
  get reported(): Reported {
    return this.#reports.until(this.#step);
  }

  /** Steps after which the run is finished, with the changes made so far. */
  get end(): number {
    return this.#changes.end;
  }

  /** Ends the run: a measurement that is under way stops at its next chunk with a CancelledError. */
  cancel(): void {
    this.#cancelled = true;
  }

  /** Chooses and compiles the kernels. */
  async prepare(): Promise<void> {
    await this.#source.prepare();
    await this.#kernels.choose();
    const plan = this.#plan();
    await withPixels(this.#source.dataset, plan.images, () => this.#runner.compile(plan));
  }

  /** To be called before it goes on, after another run was trained on the engine: that one may have chosen other kernels. */
  async settleKernels(): Promise<void> {
    await this.#kernels.settle();
  }

  /** Prepares, and measures the untrained network and the baselines. */
  async start(): Promise<void> {
    await this.prepare();
    await this.#costs.measuring(() => this.#measuring.untrained(this.#due()));
    this.#costs.start();
  }

  /**
   * In place of `start`: goes on from a snapshot of another run with the same settings and images (`restore`), and reports what that run had
   * reported until then.
   */
  async resume(snapshot: RunSnapshot, reported: Reported): Promise<void> {
    await this.restore(snapshot);
    await this.prepare();
    this.#reports.takeOver(reported, this.#step);
    this.#costs.start();
  }

  /** Changes a setting before the next step. A length below the steps done finishes the run. */
  change(key: LiveKey, value: LiveValue): void {
    this.#changes.make(this.#step, key, value);
    this.#method.liveChanged(key, this.#changes.live);
    this.#diagnosis.changed(this.#step, key, value);
    this.#reports.report({ kind: 'marker', value: { kind: 'change', step: this.#step, key, value } });
  }

  /** Reports that the run went on by itself, unless what it took over says so already. */
  reportRecovery(value: RecoveryMarker): void {
    if (!this.#reports.hasMarker(value)) this.#reports.report({ kind: 'marker', value });
  }

  /** Sets the images whose neighbours are reported from now on, and reports them. */
  async setQueries(indices: readonly number[]): Promise<void> {
    await this.#measuring.setQueries(indices, this.#step);
  }

  /**
   * Searches all images of the data set for the neighbours of the queries with the present weights, and reports these. Do not train
   * meanwhile.
   * @param between awaited before each block of images; may throw to stop
   */
  async searchAll(between: () => Promise<void>): Promise<void> {
    await this.flush();
    await this.#measuring.searchAll(this.#step, between);
  }

  /** One update, and the measurements that are due after it. */
  async advance(): Promise<StepOutcome> {
    if (this.#diverged) return 'diverged';
    const started = tf.util.now();
    this.#makeDueChanges();
    if (this.#step >= this.end) return this.#finish();
    await this.#runner.prepare(this.#step);
    await withPixels(this.#source.dataset, this.#sampler.batch(this.#step).images, () => this.#update());
    this.#expectBatches();
    while (this.#pending.length > MAX_PENDING) await this.#readOldest();
    this.#costs.stepped(this.#step, started);
    if (this.#diverged) return 'diverged';
    await this.#doWhatIsDue();
    if (this.#diverged) return 'diverged';
    if (this.#step < this.end) return 'continue';
    await this.flush();
    if (this.#diverged) return 'diverged';
    // A link may give a run more steps after it was finished.
    this.#makeDueChanges();
    return this.#step < this.end ? 'continue' : this.#finish();
  }

  #makeDueChanges(): void {
    for (let due = this.#changes.takeDue(this.#step); due !== null; due = this.#changes.takeDue(this.#step)) {
      const [, key, value] = due;
      this.change(key, value);
    }
  }

  async #finish(): Promise<StepOutcome> {
    await this.flush();
    if (this.#diverged) return 'diverged';
    await this.#measureEnd();
    return 'finished';
  }

  #plan(): StepPlan {
    const { batchSize, schedule } = this.config;
    const { live } = this.#changes;
    const initial = scaledLearningRate(live.baseLearningRate, batchSize);
    const learningRate = schedule === 'cosine' ? cosineDecay(initial, this.#step, live.totalSteps) : initial;
    const batch = this.#sampler.batch(this.#step);
    return { step: this.#step, ...batch, live, learningRate, initialLearningRate: initial };
  }

  #update(): void {
    this.#monitors.trains();
    const plan = this.#plan();
    const metrics = this.#runner.run(plan);
    this.#step += 1;
    this.#pending.push({ step: this.#step, learningRate: plan.learningRate, metrics });
    this.#views.after(this.#step, plan.images, this.#runner.views);
  }

  #expectBatches(): void {
    const { dataset } = this.#source;
    if (!('reader' in dataset)) return;
    const end = Math.min(this.end, this.#step + BATCHES_AHEAD);
    for (let step = this.#step; step < end; step++) expectPixels(dataset, this.#sampler.batch(step).images);
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
    if (this.#diagnosis.current.state === 'diverged') await this.#goBack();
    else this.#good.confirm(step);
  }

  /** Ends a diverged run and goes back to its last good state, since the weights after divergence are of no use. */
  async #goBack(): Promise<void> {
    this.#diverged = true;
    await this.#restore(this.#good.last);
  }

  #report(measurement: Measurement): void {
    this.#reports.report({ kind: 'measurements', value: [measurement] });
    const before = this.#diagnosis.current;
    const diagnosis = this.#diagnosis.add(measurement);
    if (saysTheSame(before, diagnosis)) return;
    this.#reports.report({ kind: 'diagnosis', value: diagnosis });
    if (diagnosis.state !== before.state && 'since' in diagnosis) {
      const { state, since } = diagnosis;
      this.#reports.report({ kind: 'marker', value: { kind: 'diagnosis', step: since, state } });
    }
  }

  /** Waits until everything done so far is reported. */
  async flush(): Promise<void> {
    while (this.#pending.length > 0) await this.#readOldest();
    await this.#views.flush();
  }

  async #doWhatIsDue(): Promise<void> {
    const due = this.#due();
    if (!due.probe && !due.accuracies && !due.keep) return;
    await this.flush();
    if (this.#diverged) return;
    await this.#costs.measuring(() => this.#measuring.after(this.#step, due, this.#step === this.end));
    if (due.keep) this.#good.take(this.#snapshot());
  }

  /** Measures what is due at the run's end, where a change of its length made the present step the last. */
  async #measureEnd(): Promise<void> {
    const due = this.#due();
    const probe = due.probe && !this.#reports.hasAt('effectiveRank', this.#step);
    const accuracies = due.accuracies && !this.#reports.hasAt('viewRetrieval', this.#step);
    if (!probe && !accuracies) return;
    const missing: Due = { ...due, probe, ranks: probe, accuracies };
    await this.#costs.measuring(() => this.#measuring.after(this.#step, missing, true));
  }

  #due(): Due {
    return dueAfter(this.#step, { ...this.config, totalSteps: this.end }, this.#changes.last);
  }

  /** A snapshot of the run, taken after everything done so far is reported; the caller disposes it (`disposeSnapshot`). */
  async take(): Promise<RunSnapshot> {
    await this.flush();
    return this.#snapshot();
  }

  /**
   * Continues from a snapshot of this run, or of another with the same settings and images: the next steps are the same as those that
   * followed the snapshot. The snapshot is not disposed. A new trainer needs `prepare` afterwards, and not `start`, which measures an
   * untrained network.
   * @throws Error when the snapshot is of a run with other settings
   */
  async restore(snapshot: RunSnapshot): Promise<void> {
    if (JSON.stringify(snapshot.config) !== JSON.stringify(this.config)) {
      throw new Error('the snapshot is of a run with other settings');
    }
    await this.flush();
    await this.#restore(snapshot);
    this.#reports.goBack(this.#step);
    this.#good.restart(this.#snapshot());
    this.#diverged = false;
  }

  #snapshot(): RunSnapshot {
    return {
      step: this.#step,
      config: this.config,
      changes: this.#changes.state(),
      parameters: this.#method.parameters.snapshot(),
      ...this.#runner.state(),
      diagnosis: this.#diagnosis.state(),
      framePoses: this.#monitors.framePoses,
      kernels: this.#kernels.chosen,
    };
  }

  async #restore(snapshot: RunSnapshot): Promise<void> {
    if (await this.#kernels.restore(snapshot.kernels)) this.#runner.forgetRecording();
    this.#step = snapshot.step;
    this.#changes.restore(snapshot.changes, (key, live) => this.#method.liveChanged(key, live));
    // Restored after the changes, since some of these reset parameters.
    this.#method.parameters.restore(snapshot.parameters);
    this.#monitors.forget();
    this.#monitors.turnBy(snapshot.framePoses);
    this.#runner.restore(snapshot);
    this.#diagnosis.restore(snapshot.diagnosis);
  }

  /**
   * Backbone features of all labelled images with the present weights, for the linear evaluation; null where the training or the test images
   * have no labels. Do not train meanwhile.
   * @param onProgress called with the share of images embedded, in [0, 1]; may throw to stop
   */
  async labelledFeatures(onProgress: (share: number) => void): Promise<LabelledFeatures | null> {
    await this.flush();
    return this.#monitors.labelledFeatures(this.#step, onProgress);
  }

  /** BN's statistics that images are measured with now, float32 [C] by parameter name: an exported encoder carries them. */
  statistics(): Promise<ReadonlyMap<string, Float32Array>> {
    return this.#monitors.statistics(this.#step);
  }

  /** The memory that the run uses now, and its share of time spent measuring. */
  resources(): Resources {
    return this.#costs.resources(this.#step);
  }

  dispose(): void {
    // Nothing waits for these metrics any more, and a lost device must not be reported twice.
    for (const { metrics } of this.#pending.splice(0)) metrics.catch(() => undefined);
    const { dataset } = this.#source;
    if ('reader' in dataset) dataset.reader.endRun();
    this.#good.dispose();
    this.#monitors.dispose();
    this.#runner.dispose();
    this.#probe?.dispose();
    this.#method.dispose();
  }
}
