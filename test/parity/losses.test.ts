import * as tf from '@tensorflow/tfjs';
import { expect, it } from 'vitest';
import { crossEntropySimilarity } from '../../src/engine/losses/crossEntropySimilarity';
import { negativeCosine } from '../../src/engine/losses/negativeCosine';
import { stopGradient } from '../../src/engine/nn/stopGradient';
import { decode, type GoldenTensor, loadGolden, maxError } from '../fixtures/golden';
import { describeOnEngines } from '../setup/engine';

interface Symmetric {
  p1: GoldenTensor;
  p2: GoldenTensor;
  z1: GoldenTensor;
  z2: GoldenTensor;
  loss: number;
  grad_p1: GoldenTensor;
  grad_p2: GoldenTensor;
}

interface Golden {
  negative_cosine: {
    a: GoldenTensor;
    b: GoldenTensor;
    loss: number;
    grad_a: GoldenTensor;
    grad_b: GoldenTensor;
    zero_row: { a: GoldenTensor; b?: GoldenTensor; loss: number };
  };
  simsiam_symmetric: Symmetric;
  cross_entropy_similarity: Symmetric;
}

const golden = loadGolden<Golden>('losses');
const tensor = (t: GoldenTensor) => tf.tensor2d(decode(t), t.shape as [number, number]);
type Loss = (p: tf.Tensor2D, z: tf.Tensor2D) => tf.Scalar;

async function expectLossAndGradients(
  loss: (...inputs: tf.Tensor[]) => tf.Scalar,
  inputs: readonly GoldenTensor[],
  expected: number,
  gradients: readonly GoldenTensor[],
) {
  const { value, grads } = tf.valueAndGrads(loss)(inputs.map(tensor));
  expect(Math.abs((await value.data())[0] - expected)).toBeLessThanOrEqual(1e-5);
  for (let i = 0; i < gradients.length; i++) {
    expect(maxError(await grads[i].data(), decode(gradients[i])), `gradient ${i}`).toBeLessThanOrEqual(1e-5);
  }
}

const symmetric =
  (D: Loss) =>
  (p1: tf.Tensor, p2: tf.Tensor, z1: tf.Tensor, z2: tf.Tensor): tf.Scalar => {
    const left = D(p1 as tf.Tensor2D, stopGradient(z2 as tf.Tensor2D));
    const right = D(p2 as tf.Tensor2D, stopGradient(z1 as tf.Tensor2D));
    // Named in the loss so that tfjs does not refuse an input without gradient; adds nothing.
    const unused = tf.mul(tf.add(tf.sum(z1), tf.sum(z2)), 0);
    return tf.add(tf.mul(tf.add(left, right), 0.5), unused) as tf.Scalar;
  };

describeOnEngines(['cpu', 'webgpu', 'wasm'], 'losses equal the reference', () => {
  it('negative cosine (Eq. 1), value and both gradients', async () => {
    const { a, b, loss, grad_a, grad_b } = golden.negative_cosine;
    const D = (p: tf.Tensor, z: tf.Tensor) => negativeCosine(p as tf.Tensor2D, z as tf.Tensor2D);
    await expectLossAndGradients(D as never, [a, b], loss, [grad_a, grad_b]);
  });

  it('negative cosine: a zero row contributes 0 and no NaN', async () => {
    const { a, b, zero_row } = golden.negative_cosine;
    const inputs = [tensor(zero_row.a), tensor(zero_row.b ?? b)] as const;
    const { value, grads } = tf.valueAndGrads(((p: tf.Tensor2D, z: tf.Tensor2D) => negativeCosine(p, z)) as never)([
      ...inputs,
    ]);
    expect(Math.abs((await value.data())[0] - zero_row.loss)).toBeLessThanOrEqual(1e-5);
    expect((await grads[0].data()).every(Number.isFinite)).toBe(true);
    expect(inputs[0].shape).toEqual(a.shape);
  });

  it.each([
    ['simsiam_symmetric', negativeCosine],
    ['cross_entropy_similarity', crossEntropySimilarity],
  ] as const)('%s: value, gradient to p, none to z', async (name, D) => {
    const { p1, p2, z1, z2, loss, grad_p1, grad_p2 } = golden[name];
    const zero = (t: GoldenTensor): GoldenTensor => ({ shape: t.shape, data: Array(t.shape[0] * t.shape[1]).fill(0) });
    await expectLossAndGradients(symmetric(D) as never, [p1, p2, z1, z2], loss, [grad_p1, grad_p2, zero(z1), zero(z2)]);
  });
});
