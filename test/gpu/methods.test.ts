import * as tf from '@tensorflow/tfjs';
import { afterEach, expect, it } from 'vitest';
import { hasOption, METHOD_NAMES, type MethodName } from '../../src/domain/methods/registry';
import { presetConfig } from '../../src/domain/presets';
import {
  configProblems,
  type LiveChange,
  type LiveSettings,
  liveSettingsOf,
  type RunConfig,
} from '../../src/domain/runConfig';
import type { Method } from '../../src/engine/methods/method';
import { NO_MORE_VIEWS } from '../../src/engine/methods/method';
import { createMethod } from '../../src/engine/methods/registry';
import type { StepInputs } from '../../src/engine/methods/stepInputs';
import { Sgd } from '../../src/engine/optim/sgd';
import { Trainer } from '../../src/engine/run/trainer';
import { computeGradients, type Gradients, trainStep } from '../../src/engine/step/trainStep';
import { describeOnEngines } from '../setup/engine';
import { sampleOf } from '../setup/matrix';
import { disposeStepInputs, stepInputs } from '../setup/stepInputs';
import { syntheticDataset } from '../setup/syntheticDataset';

const BATCH = 8;
const IMAGES = 24;
const dataset = syntheticDataset(40);

/** A network small enough for hundreds of steps in seconds; nothing here depends on what it learns. */
function tiny(method: MethodName, change: Partial<RunConfig> = {}): RunConfig {
  return {
    ...presetConfig('tiny', 'folder', method),
    backbone: 'tiny',
    outputDim: 16,
    projectorHidden: 16,
    batchSize: BATCH,
    totalSteps: 1000,
    baseLearningRate: 1,
    zeroInitResidual: false,
    knn: { every: 0, k: 5, temperature: 0.1, bank: 64, queries: 32 },
    probe: { every: 0, images: 16 },
    ...(method === 'swav' ? { prototypes: 12, queueLength: 16, queueStart: 3, freezePrototypes: 2 } : {}),
    ...change,
  };
}

/** Every variant of the settings that has a different graph. */
const VARIANTS: readonly (readonly [MethodName, Partial<RunConfig>])[] = [
  ...METHOD_NAMES.map((method) => [method, {}] as const),
  ['simsiam', { predictor: 'fixed' }],
  ['simsiam', { predictor: 'none' }],
  ['simsiam', { stopGradient: false }],
  ['simsiam', { similarity: 'crossEntropy' }],
  ['simsiam', { symmetrization: 'asymmetric' }],
  ['simsiam', { symmetrization: 'asymmetric2x' }],
  ['simsiam', { momentumEncoder: true }],
  ['simsiam', { movingAverageTarget: true, predictor: 'none' }],
  ['simsiam', { movingAverageTarget: true, symmetrization: 'asymmetric' }],
  ['simsiam', { headBatchNorm: 'all' }],
  ['byol', { predictor: 'none' }],
  ['byol', { headBatchNorm: 'none' }],
  ['simclr', { predictor: 'trained' }],
  ['simclr', { predictor: 'trained', stopGradient: true }],
  ['swav', { predictor: 'trained' }],
  ['swav', { queueLength: 0 }],
  ['swav', { smallCrops: 2 }],
  ['simclr', { viewsTogether: false, predictor: 'trained' }],
  ['swav', { viewsTogether: false }],
  ['swav', { viewsTogether: false, smallCrops: 2 }],
];

/** Steps on synthetic views: the method alone, without augmentation and sampling. */
class Bench {
  readonly method: Method;
  readonly live: LiveSettings;
  readonly #optimiser = new Sgd({ momentum: 0.9, weightDecay: 1e-4 });
  readonly #views: readonly tf.Tensor4D[];
  readonly #inputs: StepInputs;

  constructor(config: RunConfig) {
    expect(configProblems(config)).toEqual([]);
    this.method = createMethod(config, { count: IMAGES });
    this.live = liveSettingsOf(config);
    this.method.liveChanged('predictor', this.live);
    const { full, small } = this.method.moreViews ?? NO_MORE_VIEWS;
    const noise = (side: number, seed: number) =>
      tf.randomNormal([BATCH, side, side, 3], 0, 1, 'float32', seed) as tf.Tensor4D;
    const [x1, x2, ...moreViews] = Array.from({ length: 2 + full }, (_, i) => noise(8, i + 1));
    const smallViews = Array.from({ length: small?.count ?? 0 }, (_, i) => noise(4, i + 10));
    this.#views = [x1!, x2!, ...moreViews, ...smallViews];
    const plain = stepInputs(x1!, x2!);
    plain.images.dispose();
    this.#inputs = {
      ...plain,
      moreViews,
      smallViews,
      images: tf.tensor1d([3, 1, 7, 0, 12, 20, 23, 5], 'int32'),
    };
  }

  inputs(step = 0): StepInputs {
    return { ...this.#inputs, step };
  }

  /** The caller disposes it. */
  gradients(step: number): Gradients {
    let computed: Gradients | undefined;
    tf.tidy(() => {
      computed = computeGradients(this.method, this.inputs(step), this.live);
      for (const gradient of computed.gradients.values()) tf.keep(gradient);
    });
    return computed!;
  }

  /** Makes one update; returns the loss and the output std before it. */
  async step(step: number, live = this.live): Promise<[loss: number, std: number]> {
    this.#optimiser.prepare(this.method.trained(live, step));
    const metrics = trainStep(this.method, this.#optimiser, this.inputs(step), live);
    const [loss, std] = await metrics.data();
    metrics.dispose();
    return [loss!, std!];
  }

  async steps(count: number): Promise<number[]> {
    const losses: number[] = [];
    for (let step = 0; step < count; step++) losses.push((await this.step(step))[0]);
    return losses;
  }

  dispose(): void {
    this.#optimiser.dispose();
    this.method.dispose();
    disposeStepInputs(this.#inputs);
    tf.dispose([...this.#views]);
  }
}

describeOnEngines(['cpu', 'wasm', 'webgpu'], 'every method keeps the contract', (engine) => {
  // The page's engine runs every method in its plain form, the other engines one method.
  const variants = sampleOf(VARIANTS, ([name, change]) =>
    engine === 'webgpu' ? Object.keys(change).length === 0 : name === 'swav' && change.queueLength === 0,
  );
  let bench: Bench | undefined;
  const open = (config: RunConfig) => {
    bench = new Bench(config);
    return bench;
  };
  afterEach(() => {
    bench?.dispose();
    bench = undefined;
  });

  it.each(variants)(
    '%s %j: shapes, a finite loss, and gradients of exactly the declared parameters',
    async (name, change) => {
      // Past SwAV's warm-up, in which its prototypes are not trained.
      const step = 10;
      const { method, live } = open(tiny(name, change));
      const { output, gradients } = bench!.gradients(step);
      expect(output.loss.shape).toEqual([]);
      expect(Number.isFinite((await output.loss.data())[0])).toBe(true);
      for (const t of [output.z1, output.z2]) expect(t.shape).toEqual([BATCH, 16]);
      const trained = method.trained(live, step).map((parameter) => parameter.name);
      expect([...gradients.keys()].sort()).toEqual([...trained].sort());
      for (const [parameter, gradient] of gradients) {
        expect(gradient.shape).toEqual(method.parameters.get(parameter).shape);
        const values = await gradient.data();
        expect(values.every(Number.isFinite), parameter).toBe(true);
        // A bias before a BN or a softmax over prototypes may have a gradient of 0, a kernel may not.
        if (parameter.endsWith('kernel'))
          expect(
            values.some((value) => value !== 0),
            parameter,
          ).toBe(true);
      }
      tf.dispose([...gradients.values(), ...Object.values(output)]);
      const { features, z } = tf.tidy(() => method.embed(bench!.inputs().x1, 'measure'));
      expect(features.shape).toEqual([bench!.inputs().x1.shape[0], method.featureDim]);
      expect(z.shape[1]).toBe(method.outputDim);
      tf.dispose([features, z]);
    },
  );

  it.each(variants)(
    '%s %j: the same steps again give the same losses, and leave nothing behind',
    async (name, change) => {
      const { numTensors } = tf.memory();
      const run = async () => {
        const losses = await open(tiny(name, change)).steps(3);
        const held = tf.memory().numTensors;
        losses.push((await bench!.step(3))[0]);
        expect(tf.memory().numTensors).toBe(held);
        bench!.dispose();
        bench = undefined;
        expect(tf.memory().numTensors).toBe(numTensors);
        return losses;
      };
      const losses = await run();
      expect(losses.every(Number.isFinite)).toBe(true);
      expect(new Set(losses).size).toBeGreaterThan(1);
      expect(await run()).toEqual(losses);
    },
  );

  it.each(sampleOf(['simclr', 'swav'] as const))(
    '%s takes the BN statistics of both views together, if asked to',
    async (name) => {
      const headBatchNorm = 'outputAffine';
      const together = open(tiny(name, { viewsTogether: true, headBatchNorm }));
      const { x1, x2 } = together.inputs();
      const embedded = tf.tidy(() => together.method.embed(tf.concat([x1, x2]), 'measure').z);
      const both = await embedded.data();
      embedded.dispose();
      const outputs = async (of: Bench) => {
        const { output, gradients } = of.gradients(0);
        const z = [...(await output.z1.data()), ...(await output.z2.data())];
        tf.dispose([...gradients.values(), ...Object.values(output)]);
        return z;
      };
      const distance = (z: readonly number[]) => Math.max(...z.map((value, i) => Math.abs(value - both[i]!)));
      expect(distance(await outputs(together))).toBeLessThan(1e-4);
      together.dispose();
      expect(distance(await outputs(open(tiny(name, { viewsTogether: false, headBatchNorm }))))).toBeGreaterThan(1e-2);
    },
  );

  it('SwAV without stop-gradient runs, whether or not it diverges', async () => {
    const [loss] = await open(tiny('swav', { stopGradient: false })).steps(3);
    expect(loss).toBeGreaterThan(0);
  });
});

describeOnEngines(['webgpu', 'wasm'], 'every method in a run', () => {
  let trainer: Trainer | undefined;
  const losses: number[] = [];
  const open = (config: RunConfig, changes: readonly LiveChange[] = []) => {
    losses.length = 0;
    trainer = new Trainer(dataset, config, changes, ({ kind, value }) => {
      if (kind === 'measurements') losses.push(...value.flatMap(({ loss }) => loss ?? []));
    });
    return trainer;
  };
  const run = async (config: RunConfig, steps: number, changes: readonly LiveChange[] = []) => {
    const running = open(config, changes);
    for (let t = 0; t < steps; t++) await running.advance();
    await running.flush();
    running.dispose();
    trainer = undefined;
    return [...losses];
  };
  afterEach(() => {
    trainer?.dispose();
    trainer = undefined;
  });

  it.each(sampleOf(METHOD_NAMES, (name) => name === 'swav'))('%s leaks nothing in 200 steps', async (name) => {
    const before = tf.memory().numTensors;
    const running = open(tiny(name));
    const used: { tensors: number; gpuBytes: number }[] = [];
    for (let t = 1; t <= 310; t++) {
      await running.advance();
      // The weights are saved for the first time at step 100.
      if (t === 110 || t === 310) {
        await running.flush();
        used.push(running.resources());
      }
    }
    expect(used[1]!.tensors).toBe(used[0]!.tensors);
    // A slow read-back leaves one more buffer in the pool; a leak would leave hundreds.
    expect(used[1]!.gpuBytes).toBeLessThan(1.1 * used[0]!.gpuBytes);
    expect(losses).toHaveLength(310);
    expect(losses.every(Number.isFinite)).toBe(true);
    running.dispose();
    trainer = undefined;
    expect(tf.memory().numTensors).toBe(before);
  });

  it.each(sampleOf(METHOD_NAMES))('%s: reset gives the same run', async (name) => {
    expect(await run(tiny(name), 6)).toEqual(await run(tiny(name), 6));
  });

  it.each(sampleOf(METHOD_NAMES))('%s survives every switch in flight', async (name) => {
    const candidates: LiveChange[] = [
      [2, 'predictor', 'fixed'],
      [3, 'predictor', 'trained'],
      [4, 'predictor', 'none'],
      [5, 'stopGradient', true],
      [6, 'stopGradient', name === 'swav'],
      [7, 'temperature', 0.2],
      [8, 'similarity', 'crossEntropy'],
      [9, 'fixPredictorLr', true],
      [10, 'baseLearningRate', 0.1],
    ];
    const changes = candidates.filter(([, key]) => key === 'baseLearningRate' || hasOption(name, key));
    const changed = await run(tiny(name), 14, changes);
    expect(changed).toHaveLength(14);
    expect(changed.every(Number.isFinite)).toBe(true);
    expect(changed).not.toEqual(await run(tiny(name), 14));
  });

  // Methods that need more of the trainer: further views of each image, indices in the data set, targets of several steps at once.
  it.each(
    sampleOf([
      ['simsiam', { alternation: 3 }],
      ['simsiam', { symmetrization: 'asymmetric2x' }],
      ['simsiam', { movingAverageTarget: true, predictor: 'none' }],
      ['swav', { smallCrops: 2 }],
    ] as const),
  )('%s %j: the same run again, and nothing left behind', async (name, change) => {
    const before = tf.memory().numTensors;
    const config = tiny(name, change);
    const first = await run(config, 10);
    expect(first.every(Number.isFinite)).toBe(true);
    expect(tf.memory().numTensors).toBe(before);
    expect(await run(config, 10)).toEqual(first);
    expect(first).not.toEqual(await run(tiny(name), 10));
  });

  it('a moving average changes the run from the first step on, and with a start of zero from the second epoch on', async () => {
    const epoch = 4;
    const of = (change: Partial<RunConfig>) => run(tiny('simsiam', { predictor: 'none', ...change }), 2 * epoch);
    const without = await of({});
    const zero = await of({ movingAverageTarget: true, etaStart: 'zero' });
    const random = await of({ movingAverageTarget: true, etaStart: 'random' });
    for (let step = 0; step < epoch; step++) expect(zero[step]).toBeCloseTo(without[step]!, 3);
    expect(Math.abs(zero[epoch]! - without[epoch]!)).toBeGreaterThan(1e-2);
    expect(Math.abs(random[0]! - without[0]!)).toBeGreaterThan(1e-2);
  });

  it('alternating optimisation by epochs holds the targets for all steps of an epoch', async () => {
    // 32 training images in batches of 8.
    expect(await run(tiny('simsiam', { alternation: 0 }), 10)).toEqual(
      await run(tiny('simsiam', { alternation: 4 }), 10),
    );
  });

  it('alternating optimisation holds the targets of the first weights for k steps (Sec. 5.2)', async () => {
    const plain = await run(tiny('simsiam'), 6);
    const held = await run(tiny('simsiam', { alternation: 3 }), 6);
    // At the first step targets and predictions have the same weights; the next two steps predict the targets of those weights.
    expect(held[0]).toBeCloseTo(plain[0]!, 5);
    expect(held[1]).not.toBeCloseTo(plain[1]!, 5);
    // With a rate of 0 the weights do not change, so that held targets equal fresh ones.
    const still = { baseLearningRate: 0 };
    const fresh = await run(tiny('simsiam', still), 6);
    const old = await run(tiny('simsiam', { ...still, alternation: 3 }), 6);
    old.forEach((loss, i) => expect(loss).toBeCloseTo(fresh[i]!, 5));
  });
});
