import * as tf from '@tensorflow/tfjs';
import { microBatchSize } from '../../domain/microBatch';
import type { LiveSettings, RunConfig } from '../../domain/runConfig';
import type { ImageSource } from '../images/imageSource';
import { isWebGpu } from '../kernels/runtime/program';
import { type Method, NO_MORE_VIEWS } from '../methods/method';
import { SCALAR, SCALARS, type StepInputs } from '../methods/stepInputs';
import type { OnlineProbe } from '../monitors/onlineProbe';
import { PROBE_RATE } from '../monitors/onlineProbe';
import { GradientMean } from '../optim/gradientMean';
import { cosineDecay } from '../optim/schedule';
import { Sgd } from '../optim/sgd';
import { type Random, seededRandom } from '../random';
import { compileAhead } from './capture/gpuRecording';
import type { Results } from './capture/recording';
import { RepeatedWork } from './capture/repeatedWork';
import { disposeHeldTargets, HeldTargets, type HeldTargetsState } from './heldTargets';
import { StagedBatch } from './stagedBatch';
import { StagedTargets } from './stagedTargets';
import { StagedTensor } from './stagedTensor';
import { preparePart, trainPart, trainStep, updateByMean } from './trainStep';

/** The part of a step's inputs that is decided on the CPU: the batch, the settings and the learning rate. */
export interface StepPlan {
  /** Steps done before this one. */
  readonly step: number;
  /** The batch, as indices of the data set (`images`) and of its training images (`positions`). */
  readonly images: Uint32Array;
  readonly positions: Uint32Array;
  readonly live: LiveSettings;
  readonly learningRate: number;
  readonly initialLearningRate: number;
}

/** The metrics of a step, computed before its update. */
export interface StepMetrics {
  readonly loss: number;
  readonly outputStd: number;
}

/** What outlives a step apart from the method's own parameters; the owner disposes the tensors. */
export interface StepState {
  /** The optimiser's velocity by parameter name. */
  readonly momentum: ReadonlyMap<string, tf.Tensor>;
  /** The targets of alternating optimisation; null without it. */
  readonly heldTargets: HeldTargetsState | null;
  /** Weight and velocity of the online linear probe; null without one. */
  readonly probe: ReadonlyMap<string, tf.Tensor> | null;
}

export function disposeStepState({ momentum, heldTargets, probe }: StepState): void {
  tf.dispose([...momentum.values(), ...(probe?.values() ?? [])]);
  if (heldTargets !== null) disposeHeldTargets(heldTargets);
}

type Views = { readonly x1: tf.Tensor4D; readonly x2: tf.Tensor4D };
type Metrics = { readonly metrics: tf.Tensor1D };

/** A part of a batch whose inputs were uploaded. */
interface StagedPart {
  /** The device work that makes the inputs of its passes. */
  readonly inputs: () => StepInputs;
  /** Trains the probe on the features of both views. */
  readonly learn: (features: tf.Tensor2D) => void;
}

/**
 * Carries out training steps: draws the augmentations, and has the device make the views, the gradients and the update; with gradient
 * accumulation the views and gradients of one part of the batch after the other. On WebGPU and WASM the device work is recorded in the first
 * step and replayed in the others, until what it consists of changes; elsewhere, and with `record` false, each step is run op by op. Both give
 * the same numbers.
 */
export class StepRunner {
  readonly #config: RunConfig;
  readonly #method: Method;
  readonly #optimiser: Sgd;
  readonly #record: boolean;
  readonly #batch: StagedBatch;
  readonly #targets: HeldTargets | null = null;
  readonly #probe: { readonly online: OnlineProbe; readonly targets: StagedTargets } | null;
  readonly #positions: StagedTensor<tf.Rank.R1>;
  readonly #scalars = new StagedTensor<tf.Rank.R1>([SCALARS], 'float32');
  readonly #parts: number;
  /** The whole step where the batch has one part. */
  readonly #whole: RepeatedWork<Views & Metrics>;
  /** With gradient accumulation: the passes of a part, the update after the last one, and what is kept from part to part. */
  readonly #part: RepeatedWork<Views>;
  readonly #update: RepeatedWork<Metrics>;
  readonly #mean = new GradientMean();
  #withGradient: ReadonlySet<string> = new Set();
  /** What the recorded work consists of. */
  #operations = '';

  /**
   * @param imagesOf the batch of any step, as indices of the data set
   * @param probe trained in each step with the labels of the batch, and owned by the caller
   */
  constructor(
    config: RunConfig,
    source: ImageSource,
    method: Method,
    record: boolean,
    imagesOf: (step: number) => Uint32Array,
    probe: OnlineProbe | null = null,
  ) {
    const { augment } = config;
    const size = microBatchSize(config);
    this.#parts = config.microBatches;
    this.#whole = new RepeatedWork(record);
    this.#part = new RepeatedWork(record);
    this.#update = new RepeatedWork(record);
    this.#config = config;
    this.#method = method;
    this.#record = record;
    this.#optimiser = new Sgd({ momentum: config.momentum, weightDecay: config.weightDecay });
    this.#batch = new StagedBatch(source, augment, size, method.moreViews ?? NO_MORE_VIEWS);
    this.#positions = new StagedTensor([size], 'int32');
    this.#probe = probe === null ? null : { online: probe, targets: new StagedTargets(source.dataset, size) };
    const { innerSteps = 1 } = method;
    if (innerSteps > 1) {
      const { dataset } = source;
      const batches = { dataset, staged: this.#batch, size, imagesOf, seed: config.seed };
      this.#targets = new HeldTargets(method, innerSteps, batches);
    }
  }

  /** Compiles the pipelines of a step in parallel; the first step would otherwise compile them one by one. Computes nothing. */
  async compile(plan: StepPlan): Promise<void> {
    if (!this.#record || !isWebGpu()) return;
    this.#prepareParameters(plan);
    const loadTargets = this.#targets?.rehearsal(plan.step);
    const work = this.#workOf(plan);
    await compileAhead(() => {
      loadTargets?.();
      return work();
    });
  }

  /** Makes ready what a step needs from steps after it. To be awaited before `run`. */
  async prepare(step: number): Promise<void> {
    await this.#targets?.prepare(step);
  }

  /** Queues one update. Resolves when the device has computed the metrics; several steps may be under way at once. */
  async run(plan: StepPlan): Promise<StepMetrics> {
    this.#targets?.load(plan.step);
    const operations = this.#operationsOf(plan);
    if (this.#operations !== operations) this.forgetRecording();
    this.#operations = operations;
    this.#prepareParameters(plan);
    const [loss, outputStd] = await (this.#parts === 1 ? this.#runWhole(plan) : this.#runParts(plan));
    return { loss, outputStd };
  }

  #runWhole(plan: StepPlan): Promise<Float32Array> {
    const part = this.#stage(plan, 0, this.#randomOf(plan));
    this.#whole.run(() => this.#step(plan, part));
    return this.#whole.read('metrics');
  }

  #runParts(plan: StepPlan): Promise<Float32Array> {
    const random = this.#randomOf(plan);
    for (let i = 0; i < this.#parts; i++) {
      const part = this.#stage(plan, i, random);
      this.#part.run(() => this.#passes(plan, part));
    }
    this.#update.run(() => this.#updateByMean(plan));
    return this.#update.read('metrics');
  }

  /** Views of the last step [N, H, W, 3], of its last part with gradient accumulation, overwritten by the next; null before the first. */
  get views(): Views | null {
    return (this.#parts === 1 ? this.#whole : this.#part).results;
  }

  /** Bytes of device memory that tfjs does not count. */
  get bytes(): number {
    return [this.#whole, this.#part, this.#update].reduce((sum, { bytes }) => sum + bytes, 0);
  }

  /** What the next step depends on apart from the method's parameters and the plan; the caller disposes it. */
  state(): StepState {
    return {
      momentum: this.#optimiser.state(),
      heldTargets: this.#targets?.state() ?? null,
      probe: this.#probe?.online.state() ?? null,
    };
  }

  /** Goes back to a state, which is not disposed. */
  restore({ momentum, heldTargets, probe }: StepState): void {
    this.#optimiser.restore(momentum);
    this.#mean.clear();
    if (heldTargets !== null) this.#targets?.restore(heldTargets);
    if (probe !== null) this.#probe?.online.restore(probe);
  }

  /** Discards the recording, so that the next step is recorded again, for instance with other kernels. */
  forgetRecording(): void {
    for (const work of [this.#whole, this.#part, this.#update]) work.forget();
  }

  /** A key of the operations of a step. It contains nothing that the operations read from the tensor of scalars. */
  #operationsOf({ live: { baseLearningRate: _rate, totalSteps: _length, ...live }, step }: StepPlan): string {
    return JSON.stringify([live, this.#method.phase?.(step) ?? '']);
  }

  #prepareParameters({ live, step }: StepPlan): void {
    const trained = this.#method.trained(live, step);
    this.#optimiser.prepare(trained);
    if (this.#parts > 1) preparePart(this.#mean, trained);
  }

  #randomOf({ step }: StepPlan): Random {
    return seededRandom(this.#config.seed, 'augment', step);
  }

  /** All work of a step, to be compiled ahead: that of one part, and the update. */
  #workOf(plan: StepPlan): () => Results {
    const part = this.#stage(plan, 0, this.#randomOf(plan));
    if (this.#parts === 1) return () => this.#step(plan, part);
    return () => ({ ...this.#passes(plan, part), ...this.#updateByMean(plan) });
  }

  /**
   * Uploads the inputs of a part of the batch.
   * @param random of the step, from which the parts draw in turn
   */
  #stage(plan: StepPlan, part: number, random: Random): StagedPart {
    const { step, live } = plan;
    const size = microBatchSize(this.#config);
    const images = plan.images.subarray(part * size, (part + 1) * size);
    const makeViews = this.#batch.stage(images, random);
    const positions = this.#positions.write(Int32Array.from(plan.positions.subarray(part * size, (part + 1) * size)));
    const numbers = new Float32Array(SCALARS);
    numbers[SCALAR.learningRate] = plan.learningRate;
    numbers[SCALAR.initialLearningRate] = plan.initialLearningRate;
    numbers[SCALAR.backboneLearningRate] = this.#config.backboneRate * plan.learningRate;
    numbers[SCALAR.tau] = this.#method.tau?.(step, live.totalSteps) ?? 0;
    numbers[SCALAR.probeLearningRate] = cosineDecay(PROBE_RATE, step, live.totalSteps);
    numbers[SCALAR.earlierParts] = part / (part + 1);
    const scalars = this.#scalars.write(numbers);
    const probe = this.#probe;
    const labels = probe?.targets.stage(images);
    return {
      inputs: () => ({ step, ...makeViews(), images: positions, scalars, targets: this.#targets?.current ?? null }),
      learn: (features) => {
        if (probe !== null && labels !== undefined) probe.online.update(features, labels, scalars);
      },
    };
  }

  #step({ live }: StepPlan, { inputs, learn }: StagedPart): Views & Metrics {
    const made = inputs();
    const metrics = trainStep(this.#method, this.#optimiser, made, live, learn);
    return { metrics, ...keptViews(made) };
  }

  #passes({ live }: StepPlan, { inputs, learn }: StagedPart): Views {
    const made = inputs();
    this.#withGradient = trainPart(this.#method, this.#mean, made, live, learn);
    return keptViews(made);
  }

  #updateByMean({ live, step }: StepPlan): Metrics {
    const trained = this.#method.trained(live, step);
    const scalars = this.#scalars.tensor;
    return {
      metrics: updateByMean(this.#method, this.#optimiser, this.#mean, trained, this.#withGradient, scalars),
    };
  }

  dispose(): void {
    for (const work of [this.#whole, this.#part, this.#update]) work.dispose();
    this.#optimiser.dispose();
    this.#mean.dispose();
    this.#targets?.dispose();
    this.#probe?.targets.dispose();
    for (const staged of [this.#batch, this.#positions, this.#scalars]) staged.dispose();
  }
}

/** The views of a part that the page shows; the others are freed. */
function keptViews({ x1, x2, moreViews, smallViews }: StepInputs): Views {
  tf.dispose([...moreViews, ...smallViews]);
  return { x1, x2 };
}
