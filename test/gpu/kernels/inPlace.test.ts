import * as tf from '@tensorflow/tfjs';
import { expect, it } from 'vitest';
import { assignInPlace, movingAverage, plainMovingAverage } from '../../../src/engine/kernels/movingAverage';
import { plainSgdUpdate, sgdUpdate } from '../../../src/engine/kernels/sgd';
import { describeOnGpu, expectClose, normalValues, onCpu, seeded, valuesOf } from './harness';

/** More variables than one dispatch handles, small and large, so that every slot of a dispatch is used. */
const SHAPES = [[1], [5], [3, 3, 16, 24], [100, 7], [64], [65], [2], [1, 1, 8, 16], [33], [10], [7], [128]];
const SCALARS = [0.1, 0.01, 0.75];

type Values = { readonly shape: number[]; readonly values: Float32Array }[];

function randomTensors(seed: number): Values {
  const random = seeded(seed);
  return SHAPES.map((shape) => ({ shape, values: normalValues(tf.util.sizeFromShape(shape), random) }));
}

const variables = (all: Values) => all.map(({ shape, values }) => tf.tidy(() => tf.variable(tf.tensor(values, shape))));
const tensors = (all: Values) => all.map(({ shape, values }) => tf.tensor(values, shape));

async function compare(run: (plain: boolean) => tf.Tensor[], tolerance: number): Promise<void> {
  const before = tf.memory().numTensors;
  const expected = onCpu(() => {
    const all = run(true);
    const copies = all.map((t) => tf.add(t, 0));
    tf.dispose(all);
    return copies;
  });
  const actual = run(false);
  for (const [i, tensor] of actual.entries()) {
    expectClose(await valuesOf(tensor), expected[i]!, { tolerance, label: `variable ${i}` });
  }
  tf.dispose(actual);
  expect(tf.memory().numTensors).toBe(before);
}

describeOnGpu('updates in place', () => {
  it('three SGD updates equal plain tfjs, each parameter with its own rate', async () => {
    const weights = randomTensors(1);
    const gradients = [2, 3, 4].map(randomTensors);
    const settings = { momentum: 0.9, weightDecay: 1e-2 };
    await compare((plain) => {
      const weight = variables(weights);
      const velocity = weight.map((w) => tf.tidy(() => tf.variable(tf.zeros(w.shape))));
      const scalars = tf.tensor1d(SCALARS);
      for (const step of gradients) {
        const gradient = tensors(step);
        const items = weight.map((w, i) => ({
          weight: w,
          velocity: velocity[i]!,
          gradient: gradient[i]!,
          rate: i % 2,
        }));
        (plain ? plainSgdUpdate : sgdUpdate)(items, scalars, settings);
        tf.dispose(gradient);
      }
      scalars.dispose();
      return [...weight, ...velocity];
    }, 1e-6);
  });

  it('a moving average equals plain tfjs', async () => {
    await compare((plain) => {
      const target = variables(randomTensors(5));
      const online = tensors(randomTensors(6));
      const scalars = tf.tensor1d(SCALARS);
      const followers = target.map((t, i) => ({ target: t, online: online[i]! }));
      for (let n = 0; n < 3; n++) (plain ? plainMovingAverage : movingAverage)(followers, scalars, 2);
      tf.dispose([scalars, ...online]);
      return target;
    }, 1e-6);
  });

  it('writes into the existing buffers of the variables', async () => {
    const target = variables(randomTensors(7));
    const online = tensors(randomTensors(8));
    const before = target.map(({ dataId }) => dataId);
    assignInPlace(target.map((t, i) => ({ target: t, online: online[i]! })));
    expect(target.map(({ dataId }) => dataId)).toEqual(before);
    for (const [i, t] of target.entries()) expectClose(await valuesOf(t), await valuesOf(online[i]!), { tolerance: 0 });
    tf.dispose([target, online]);
  });
});
