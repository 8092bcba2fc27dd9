import * as tf from '@tensorflow/tfjs';
import type { LiveSettings, RunConfig } from '../../domain/runConfig';
import type { ImageSource } from '../images/imageSource';
import { isWebGpu } from '../kernels/runtime/program';
import { readOnce } from '../kernels/runtime/readOnce';
import { type Method, NO_MORE_VIEWS } from '../methods/method';
import { SCALAR, SCALARS, type StepInputs } from '../methods/stepInputs';
import type { OnlineProbe } from '../monitors/onlineProbe';
import { PROBE_RATE } from '../monitors/onlineProbe';
import { cosineDecay } from '../optim/schedule';
import { Sgd } from '../optim/sgd';
import { seededRandom } from '../random';
import { compileAhead } from './capture/gpuRecording';
import { canRecord, record } from './capture/record';
import type { Recording } from './capture/recording';
import { disposeHeldTargets, HeldTargets, type HeldTargetsState } from './heldTargets';
import { StagedBatch } from './stagedBatch';
import { StagedTargets } from './stagedTargets';
import { StagedTensor } from './stagedTensor';
import { trainStep } from './trainStep';

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

type StepResults = { readonly metrics: tf.Tensor1D; readonly x1: tf.Tensor4D; readonly x2: tf.Tensor4D };

/**
 * Carries out training steps: draws the augmentations, and has the device make the views, the gradients and the update. On WebGPU and
 * WASM the device work is recorded in the first step and replayed in the others, until what it consists of changes; elsewhere, and with
 * `record` false, each step is run op by op. Both give the same numbers.
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
  #recording: { readonly operations: string; readonly steps: Recording<StepResults> } | null = null;
  /** Views of the last step that was run op by op. */
  #views: Pick<StepResults, 'x1' | 'x2'> | null = null;

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
    const { augment, batchSize } = config;
    this.#config = config;
    this.#method = method;
    this.#record = record;
    this.#optimiser = new Sgd({ momentum: config.momentum, weightDecay: config.weightDecay });
    this.#batch = new StagedBatch(source, augment, batchSize, method.moreViews ?? NO_MORE_VIEWS);
    this.#positions = new StagedTensor([batchSize], 'int32');
    this.#probe = probe === null ? null : { online: probe, targets: new StagedTargets(source.dataset, batchSize) };
    const { innerSteps = 1 } = method;
    if (innerSteps > 1) {
      const { dataset } = source;
      const batches = { dataset, staged: this.#batch, size: batchSize, imagesOf, seed: config.seed };
      this.#targets = new HeldTargets(method, innerSteps, batches);
    }
  }

  /** Compiles the pipelines of a step in parallel; the first step would otherwise compile them one by one. Computes nothing. */
  async compile(plan: StepPlan): Promise<void> {
    if (!this.#record || !isWebGpu()) return;
    this.#prepareOptimiser(plan);
    const loadTargets = this.#targets?.rehearsal(plan.step);
    const work = this.#stage(plan);
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
  run(plan: StepPlan): Promise<StepMetrics> {
    this.#targets?.load(plan.step);
    const work = this.#stage(plan);
    if (!this.#record || !canRecord()) return this.#runOpByOp(plan, work);
    const operations = this.#operations(plan);
    if (this.#recording?.operations !== operations) this.forgetRecording();
    this.#prepareOptimiser(plan);
    if (this.#recording === null) {
      this.#recording = { operations, steps: record(work) };
    }
    const { steps } = this.#recording;
    steps.replay();
    return steps.read('metrics').then(([loss, outputStd]) => ({ loss, outputStd }));
  }

  /** Views of the last step [N, H, W, 3], overwritten by the next; null before the first. */
  get views(): Pick<StepResults, 'x1' | 'x2'> | null {
    return this.#recording?.steps.results ?? this.#views;
  }

  /** Bytes of device memory that tfjs does not count. */
  get bytes(): number {
    return this.#recording?.steps.bytes ?? 0;
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
    if (heldTargets !== null) this.#targets?.restore(heldTargets);
    if (probe !== null) this.#probe?.online.restore(probe);
  }

  /** Discards the recording, so that the next step is recorded again, for instance with other kernels. */
  forgetRecording(): void {
    this.#recording?.steps.dispose();
    this.#recording = null;
  }

  /** A key of the operations of a step. It contains nothing that the operations read from the tensor of scalars. */
  #operations({ live: { baseLearningRate: _rate, totalSteps: _length, ...live }, step }: StepPlan): string {
    return JSON.stringify([live, this.#method.phase?.(step) ?? '']);
  }

  #prepareOptimiser({ live, step }: StepPlan): void {
    this.#optimiser.prepare(this.#method.trained(live, step));
  }

  /** Uploads the step's inputs; returns the device work of the step. */
  #stage(plan: StepPlan): () => StepResults {
    const { step, images, live } = plan;
    const { totalSteps } = live;
    const makeViews = this.#batch.stage(images, seededRandom(this.#config.seed, 'augment', step));
    const positions = this.#positions.write(Int32Array.from(plan.positions));
    const numbers = new Float32Array(SCALARS);
    numbers[SCALAR.learningRate] = plan.learningRate;
    numbers[SCALAR.initialLearningRate] = plan.initialLearningRate;
    numbers[SCALAR.tau] = this.#method.tau?.(step, totalSteps) ?? 0;
    numbers[SCALAR.probeLearningRate] = cosineDecay(PROBE_RATE, step, totalSteps);
    const scalars = this.#scalars.write(numbers);
    const probe = this.#probe;
    const labels = probe?.targets.stage(images);
    const learn = (features: tf.Tensor2D) => {
      if (probe !== null && labels !== undefined) probe.online.update(features, labels, scalars);
    };
    return () => {
      const views = makeViews();
      const targets = this.#targets?.current ?? null;
      const inputs: StepInputs = { step, ...views, images: positions, scalars, targets };
      const metrics = trainStep(this.#method, this.#optimiser, inputs, live, learn);
      tf.dispose([...views.moreViews, ...views.smallViews]);
      return { metrics, x1: views.x1, x2: views.x2 };
    };
  }

  async #runOpByOp(plan: StepPlan, work: () => StepResults): Promise<StepMetrics> {
    this.#prepareOptimiser(plan);
    const { metrics, x1, x2 } = work();
    this.#freeViews();
    this.#views = { x1, x2 };
    const [loss, outputStd] = await readOnce(metrics);
    return { loss, outputStd };
  }

  #freeViews(): void {
    if (this.#views !== null) tf.dispose([this.#views.x1, this.#views.x2]);
    this.#views = null;
  }

  dispose(): void {
    this.forgetRecording();
    this.#freeViews();
    this.#optimiser.dispose();
    this.#targets?.dispose();
    this.#probe?.targets.dispose();
    for (const staged of [this.#batch, this.#positions, this.#scalars]) staged.dispose();
  }
}
