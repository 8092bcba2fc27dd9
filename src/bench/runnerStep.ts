import * as tf from '@tensorflow/tfjs';
import { type ImageDataset, indicesOf, TRAIN } from '../domain/imageDataset';
import { type LiveSettings, liveSettingsOf, type RunConfig } from '../domain/runConfig';
import { BatchSampler } from '../engine/images/batchSampler';
import { ImageSource } from '../engine/images/imageSource';
import { preferPlainTwins } from '../engine/kernels/runtime/program';
import type { Method } from '../engine/methods/method';
import { createMethod } from '../engine/methods/registry';
import { scaledLearningRate } from '../engine/optim/schedule';
import { type StepMetrics, type StepPlan, StepRunner } from '../engine/step/stepRunner';
import type { Contender } from './contender';
import { type Processor, setProcessor } from './cpu/variants';

export interface RunnerOptions {
  readonly backend: 'webgpu' | 'wasm' | 'webgl';
  readonly record: boolean;
  /** tfjs's own kernels instead of ours. */
  readonly stock?: boolean;
  /** How to compute on `wasm`; when left out, as the backend was started. */
  readonly processor?: Processor;
}

/** A whole step as a run makes it: draw a batch and its augmentations, upload, augment, forward, backward, update, read the numbers. */
export class RunnerStep implements Contender {
  readonly #config: RunConfig;
  readonly #options: RunnerOptions;
  readonly #method: Method;
  readonly #runner: StepRunner;
  readonly #sampler: BatchSampler;
  readonly #live: LiveSettings;
  #step = 0;
  #pending: Promise<StepMetrics>[] = [];

  /** Its backend must be the active one. */
  constructor(config: RunConfig, dataset: ImageDataset, options: RunnerOptions) {
    this.#config = config;
    this.#options = options;
    this.#live = liveSettingsOf(config);
    const train = indicesOf(dataset, TRAIN);
    this.#method = createMethod(config, { count: train.length });
    this.#runner = new StepRunner(
      config,
      new ImageSource(dataset, config),
      this.#method,
      options.record,
      () => new Uint32Array(0),
    );
    this.#sampler = new BatchSampler(train, config.batchSize, config.seed);
  }

  async enter(): Promise<void> {
    await tf.setBackend(this.#options.backend);
    preferPlainTwins(this.#options.stock === true);
    if (this.#options.processor !== undefined) setProcessor(this.#options.processor);
  }

  #plan(): StepPlan {
    const learningRate = scaledLearningRate(this.#config.baseLearningRate, this.#config.batchSize);
    const batch = this.#sampler.batch(this.#step);
    return { step: this.#step, ...batch, live: this.#live, learningRate, initialLearningRate: learningRate };
  }

  /** Compiles in parallel what the first step would otherwise compile one by one. */
  compile(): Promise<void> {
    return this.#runner.compile(this.#plan());
  }

  step(): void {
    this.#pending.push(this.#runner.run(this.#plan()));
    this.#step += 1;
  }

  /** @throws Error when a loss is not finite, since the timed steps would not be training. */
  async finish(): Promise<void> {
    const metrics = await Promise.all(this.#pending.splice(0));
    if (!metrics.every(({ loss }) => Number.isFinite(loss))) throw new Error('the loss of a timed step is not finite');
  }

  dispose(): void {
    preferPlainTwins(false);
    this.#runner.dispose();
    this.#method.dispose();
  }
}
