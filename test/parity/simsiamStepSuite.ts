import * as tf from '@tensorflow/tfjs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { basicBlock } from '../../src/domain/backbones/residualBlocks';
import { residualNetwork } from '../../src/domain/backbones/residualNetwork';
import type { Symmetrization } from '../../src/domain/methods/options';
import { presetConfig } from '../../src/domain/presets';
import { type LiveSettings, liveSettingsOf, type RunConfig } from '../../src/domain/runConfig';
import type { Method } from '../../src/engine/methods/method';
import { createMethod } from '../../src/engine/methods/registry';
import { networkLayers } from '../../src/engine/network/networkLayers';
import { Sgd } from '../../src/engine/optim/sgd';
import { computeGradients, trainStep } from '../../src/engine/step/trainStep';
import { decode, type GoldenTensor, loadGolden, maxError } from '../fixtures/golden';
import { describeOnEngines, type TestEngine } from '../setup/engine';
import { disposeStepInputs, stepInputs } from '../setup/stepInputs';

type Named = Record<string, GoldenTensor>;

interface Golden {
  config: {
    widths: number[];
    blocks: number[];
    strides: number[];
    projector_dims: number[];
    predictor_dims: number[];
    sgd: { lr: number; momentum: number; weight_decay: number; steps: number };
  };
  param_order: string[];
  init: Named;
  x1: GoldenTensor;
  x2: GoldenTensor;
  z1: GoldenTensor;
  z2: GoldenTensor;
  p1: GoldenTensor;
  p2: GoldenTensor;
  activations_x1: { pooled: GoldenTensor };
  cases: Record<string, { loss: number; grads: Named }>;
  sgd: {
    batches: { x1: GoldenTensor; x2: GoldenTensor }[];
    losses: number[];
    after_step1: Named;
    after_last_step: Named;
    momentum_after_last_step: Named;
    eval_x1_after_last_step: { pooled1: GoldenTensor; z1: GoldenTensor };
  };
}

const golden = loadGolden<Golden>('simsiam_step');
const { config } = golden;

const LIVE: LiveSettings = liveSettingsOf(presetConfig('tiny'));

/** What each case of the file changes in the method. */
const CASES: Record<string, { live?: Partial<LiveSettings>; symmetrization?: Symmetrization }> = {
  stopgrad: {},
  no_stopgrad: { live: { stopGradient: false } },
  identity_stopgrad: { live: { predictor: 'none' } },
  identity_no_stopgrad: { live: { predictor: 'none', stopGradient: false } },
  asymmetric: { symmetrization: 'asymmetric' },
  cross_entropy: { live: { similarity: 'crossEntropy' } },
};

const tensor4d = (t: GoldenTensor) => tf.tensor4d(decode(t), t.shape as [number, number, number, number]);

function goldenMethod(options: { symmetrization?: Symmetrization } = {}): Method {
  const [, hidden] = config.projector_dims;
  const settings: RunConfig = {
    ...presetConfig('tiny'),
    headBatchNorm: 'output',
    ...options,
    outputDim: config.projector_dims[config.projector_dims.length - 1],
    projectorLayers: (config.projector_dims.length - 1) as 2 | 3,
    projectorHidden: hidden,
    predictorHidden: config.predictor_dims[1],
  };
  const backbone = {
    imageSize: golden.x1.shape[1],
    featureDim: config.widths[config.widths.length - 1],
    layers: residualNetwork(config, basicBlock, {
      stem: 'cifar',
      stemStride: 1,
      zeroInitResidual: false,
      convolutionInit: 'uniformFanIn',
    }),
  };
  const method = createMethod(settings, { count: 1 }, networkLayers(backbone, settings));
  for (const [name, t] of Object.entries(golden.init)) {
    const variable = method.parameters.get(name);
    expect(variable.shape, name).toEqual(t.shape);
    variable.assign(tf.tensor(decode(t), t.shape));
  }
  return method;
}

async function expectClose(actual: tf.Tensor, expected: GoldenTensor, tolerance: number, name: string, floor?: number) {
  expect(actual.shape, name).toEqual(expected.shape);
  expect(maxError(await actual.data(), decode(expected), floor), name).toBeLessThanOrEqual(tolerance);
}

async function expectState(method: Method, expected: Named, name: string) {
  for (const [parameter, t] of Object.entries(expected)) {
    // 3e-4 absolute on the weights: the floor of 1 keeps the error from being divided by a smaller value.
    await expectClose(method.parameters.get(parameter), t, 3e-4, `${name} ${parameter}`, 1);
  }
}

/** The reference's numbers for a step of SimSiam, compared on each of these engines. */
export function simsiamStepSuite(engines: readonly TestEngine[], title: string): void {
  describeOnEngines(engines, title, () => {
    let x1: tf.Tensor4D;
    let x2: tf.Tensor4D;
    beforeAll(() => {
      x1 = tensor4d(golden.x1);
      x2 = tensor4d(golden.x2);
    });
    afterAll(() => tf.dispose([x1, x2]));

    it('has exactly the reference network', () => {
      const method = goldenMethod();
      const names = method.parameters.entries().map(([name]) => name);
      expect(names.sort()).toEqual(Object.keys(golden.init).sort());
      expect(names.sort()).toEqual([...golden.param_order].sort());
      method.dispose();
    });

    it('z and p of both views, with BN statistics per view', async () => {
      const method = goldenMethod();
      const { output } = computeGradients(method, stepInputs(x1, x2), LIVE);
      await expectClose(output.z1, golden.z1, 1e-4, 'z1');
      await expectClose(output.z2, golden.z2, 1e-4, 'z2');
      await expectClose(output.p1 as tf.Tensor, golden.p1, 1e-4, 'p1');
      await expectClose(output.p2 as tf.Tensor, golden.p2, 1e-4, 'p2');
      await expectClose(method.embed(x1, 'measure').features, golden.activations_x1.pooled, 1e-4, 'pooled');
      method.dispose();
    });

    it.each(Object.keys(golden.cases))('loss and every gradient: %s', async (name) => {
      const expected = golden.cases[name];
      const { live, ...options } = CASES[name];
      const method = goldenMethod(options);
      const { output, gradients } = computeGradients(method, stepInputs(x1, x2), { ...LIVE, ...live });
      expect(Math.abs((await output.loss.data())[0] - expected.loss)).toBeLessThanOrEqual(1e-5);
      expect([...gradients.keys()].sort()).toEqual(Object.keys(expected.grads).sort());
      for (const [parameter, gradient] of gradients) {
        await expectClose(gradient, expected.grads[parameter], 3e-4, `${name} ${parameter}`);
      }
      method.dispose();
    });

    it('identity predictor: the gradient with stop-gradient is half of that without (Sec. 4.2)', async () => {
      const method = goldenMethod();
      const grads = async (stopGradient: boolean) => {
        const { gradients } = computeGradients(method, stepInputs(x1, x2), {
          ...LIVE,
          predictor: 'none',
          stopGradient,
        });
        return Promise.all([...gradients].map(async ([name, g]) => [name, await g.data()] as const));
      };
      const full = new Map(await grads(false));
      const half = await grads(true);
      expect(half.length).toBe(full.size);
      let difference = 0;
      let norm = 0;
      for (const [name, gradient] of half) {
        const whole = full.get(name) as Float32Array;
        gradient.forEach((g, i) => {
          difference += (2 * g - whole[i]) ** 2;
          norm += whole[i] ** 2;
        });
      }
      expect(norm).toBeGreaterThan(0);
      expect(Math.sqrt(difference / norm)).toBeLessThanOrEqual(1e-6);
      method.dispose();
    });

    it('weights, momentum and moving statistics after the steps of SGD', async () => {
      const { sgd } = config;
      const method = goldenMethod();
      const optimiser = new Sgd({ momentum: sgd.momentum, weightDecay: sgd.weight_decay });
      for (let step = 0; step < sgd.steps; step++) {
        const views = [tensor4d(golden.sgd.batches[step].x1), tensor4d(golden.sgd.batches[step].x2)] as const;
        const inputs = stepInputs(...views, { step, learningRate: sgd.lr });
        optimiser.prepare(method.trained(LIVE, 0));
        const metrics = trainStep(method, optimiser, inputs, LIVE);
        expect(Math.abs((await metrics.data())[0] - golden.sgd.losses[step]), `loss ${step}`).toBeLessThanOrEqual(1e-5);
        tf.dispose([metrics, ...views]);
        disposeStepInputs(inputs);
        if (step === 0) await expectState(method, golden.sgd.after_step1, 'after step 1');
      }
      await expectState(method, golden.sgd.after_last_step, 'after the last step');
      for (const [name, t] of Object.entries(golden.sgd.momentum_after_last_step)) {
        await expectClose(optimiser.velocity.get(name) as tf.Tensor, t, 3e-4, `velocity ${name}`);
      }
      const { features, z } = method.embed(x1, 'infer');
      await expectClose(features, golden.sgd.eval_x1_after_last_step.pooled1, 1e-3, 'inference: pooled');
      await expectClose(z, golden.sgd.eval_x1_after_last_step.z1, 1e-3, 'inference: z1');
      optimiser.dispose();
      method.dispose();
    });
  });
}
