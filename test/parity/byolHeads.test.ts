import * as tf from '@tensorflow/tfjs';
import { expect, it } from 'vitest';
import { movingAverage } from '../../src/engine/kernels/movingAverage';
import type { Follower } from '../../src/engine/kernels/parameterUpdates';
import { byolLoss } from '../../src/engine/losses/byolLoss';
import { buildLayers } from '../../src/engine/network/buildLayers';
import { mlp } from '../../src/engine/network/heads/mlp';
import { Parameters } from '../../src/engine/network/nn/parameters';
import { seededRandom } from '../../src/engine/random';
import { valueAndGradients } from '../../src/engine/step/backprop';
import { decode, type GoldenTensor, loadGolden, maxError } from '../fixtures/golden';
import { describeOnEngines } from '../setup/engine';

type Named = Record<string, GoldenTensor>;

interface Golden {
  byol_heads: {
    online_projector: Named;
    predictor: Named;
    target_projector: Named;
    h1: GoldenTensor;
    h2: GoldenTensor;
    q1: GoldenTensor;
    q2: GoldenTensor;
    z1_target: GoldenTensor;
    z2_target: GoldenTensor;
    loss: number;
    grads_online_projector: Named;
    grads_predictor: Named;
    bn_stats_after_forward: { online_projector: Named; predictor: Named; target_projector: Named };
    ema: {
      tau: number;
      target_after_1_update: Named;
      target_after_10_updates: Named;
      target_bn_stats_after_updates: Named;
    };
  };
}

const { byol_heads: golden } = loadGolden<Golden>('losses');
const tensor = (t: GoldenTensor) => tf.tensor2d(decode(t), t.shape as [number, number]);

/** A head of the reference's shape and weights: two layers, BN and ReLU on the hidden one. */
function headOf(weights: Named) {
  const parameters = new Parameters();
  const [input, hidden] = weights['fc1.kernel']!.shape as [number, number];
  const out = weights['fc2.kernel']!.shape[1]!;
  const layers = mlp('head', input, [
    { out: hidden, batchNorm: 'affine', relu: true },
    { out, batchNorm: 'none', relu: false },
  ]);
  const { forward: head } = buildLayers<tf.Tensor2D, tf.Tensor2D>(parameters, layers, seededRandom(0));
  for (const [name, t] of Object.entries(weights)) {
    parameters.get(`head.${name}`).assign(tf.tensor(decode(t), t.shape));
  }
  return { parameters, run: (x: tf.Tensor2D) => head(x, 'train') };
}

async function expectValues(actual: tf.Tensor, expected: GoldenTensor, tolerance: number, name: string) {
  expect(actual.shape, name).toEqual(expected.shape);
  expect(maxError(await actual.data(), decode(expected)), name).toBeLessThanOrEqual(tolerance);
}

async function expectNamed(parameters: Parameters, expected: Named, tolerance: number, name: string) {
  for (const [key, t] of Object.entries(expected)) {
    await expectValues(parameters.get(`head.${key}`), t, tolerance, `${name} ${key}`);
  }
}

describeOnEngines(['cpu', 'webgpu', 'wasm'], 'BYOL’s heads equal the reference', () => {
  it('predictions, targets, loss, gradients and BN statistics', async () => {
    const online = headOf(golden.online_projector);
    const predictor = headOf(golden.predictor);
    const target = headOf(golden.target_projector);
    const [h1, h2] = [tensor(golden.h1), tensor(golden.h2)];
    const [z1, z2] = [target.run(h1), target.run(h2)];
    const trained = [online, predictor].flatMap(({ parameters }) => [...parameters.trainable.values()]);
    const kept: { q1?: tf.Tensor2D; q2?: tf.Tensor2D } = {};
    const { value, gradients } = valueAndGradients(() => {
      const [q1, q2] = [predictor.run(online.run(h1)), predictor.run(online.run(h2))];
      Object.assign(kept, { q1: tf.keep(q1), q2: tf.keep(q2) });
      return tf.add<tf.Scalar>(byolLoss(q1, z2), byolLoss(q2, z1));
    }, trained);
    expect(Math.abs((await value.data())[0]! - golden.loss)).toBeLessThanOrEqual(1e-5);
    await expectValues(kept.q1!, golden.q1, 1e-5, 'q1');
    await expectValues(kept.q2!, golden.q2, 1e-5, 'q2');
    await expectValues(z1, golden.z1_target, 1e-5, 'z1 of the target');
    await expectValues(z2, golden.z2_target, 1e-5, 'z2 of the target');
    const heads = [
      [online, golden.grads_online_projector],
      [predictor, golden.grads_predictor],
    ] as const;
    for (const [{ parameters }, expected] of heads) {
      for (const [name, t] of Object.entries(expected)) {
        const gradient = gradients.get(parameters.get(`head.${name}`).id);
        await expectValues(gradient!, t, 1e-4, `gradient of ${name}`);
      }
    }
    const statistics = golden.bn_stats_after_forward;
    await expectNamed(online.parameters, statistics.online_projector, 1e-5, 'online');
    await expectNamed(predictor.parameters, statistics.predictor, 1e-5, 'predictor');
    await expectNamed(target.parameters, statistics.target_projector, 1e-5, 'target');
  });

  it('moving average after 1 and 10 updates; BN statistics are not averaged', async () => {
    const online = headOf(golden.online_projector);
    const target = headOf(golden.target_projector);
    target.run(tensor(golden.h1));
    target.run(tensor(golden.h2));
    const followers: Follower[] = [...target.parameters.trainable].map(([name, variable]) => ({
      target: variable,
      online: online.parameters.get(name),
    }));
    const scalars = tf.tensor1d([golden.ema.tau]);
    for (let update = 1; update <= 10; update++) {
      movingAverage(followers, scalars, 0);
      if (update === 1) await expectNamed(target.parameters, golden.ema.target_after_1_update, 1e-6, 'after 1');
    }
    await expectNamed(target.parameters, golden.ema.target_after_10_updates, 1e-5, 'after 10');
    await expectNamed(target.parameters, golden.ema.target_bn_stats_after_updates, 1e-5, 'statistics');
  });
});
