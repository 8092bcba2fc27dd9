import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { l2Normalise } from '../../src/engine/kernels/l2Normalise';
import { barlowTwins } from '../../src/engine/losses/barlowTwins';
import { byolLoss } from '../../src/engine/losses/byolLoss';
import { crossEntropySimilarity } from '../../src/engine/losses/crossEntropySimilarity';
import { negativeCosine } from '../../src/engine/losses/negativeCosine';
import { ntXent } from '../../src/engine/losses/ntXent';
import { sinkhornKnopp } from '../../src/engine/losses/sinkhornKnopp';
import { swappedPrediction } from '../../src/engine/losses/swappedPrediction';
import { stopGradient } from '../../src/engine/network/nn/stopGradient';
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
  ntxent: {
    temperature: number;
    a: GoldenTensor;
    b: GoldenTensor;
    loss: number;
    grad_a: GoldenTensor;
    grad_b: GoldenTensor;
  }[];
  byol: {
    q1: GoldenTensor;
    q2: GoldenTensor;
    z1_target: GoldenTensor;
    z2_target: GoldenTensor;
    loss: number;
    grad_q1: GoldenTensor;
    grad_q2: GoldenTensor;
  };
  swav: {
    temperature: number;
    sinkhorn_iterations: number;
    sinkhorn_epsilon: number;
    u1: GoldenTensor;
    u2: GoldenTensor;
    prototypes_kernel: GoldenTensor;
    scores1: GoldenTensor;
    scores2: GoldenTensor;
    q1: GoldenTensor;
    q2: GoldenTensor;
    q1_after_iteration: GoldenTensor[];
    loss_terms: number[];
    loss: number;
    grad_scores1: GoldenTensor;
    grad_scores2: GoldenTensor;
    grad_u1: GoldenTensor;
    grad_u2: GoldenTensor;
    grad_prototypes_kernel: GoldenTensor;
  };
  barlow_twins: {
    lambda: number;
    a: GoldenTensor;
    b: GoldenTensor;
    loss: number;
    grad_a: GoldenTensor;
    grad_b: GoldenTensor;
  };
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

  it.each(golden.ntxent)('NT-Xent at T = $temperature, value and the gradients of both views', async (expected) => {
    const { temperature, a, b, loss, grad_a, grad_b } = expected;
    const both = (first: tf.Tensor, second: tf.Tensor) => {
      const z = tf.concat([first, second], 0) as tf.Tensor2D;
      return ntXent(z, z, temperature);
    };
    await expectLossAndGradients(both as never, [a, b], loss, [grad_a, grad_b]);
  });

  it('NT-Xent of equal rows is log(2N - 1)', async () => {
    const z = tf.ones<tf.Rank.R2>([12, 5]);
    expect((await ntXent(z, z, 0.1).data())[0]).toBeCloseTo(Math.log(11), 4);
  });

  it('BYOL: value, and the gradient of both predictions', async () => {
    const { q1, q2, z1_target, z2_target, loss, grad_q1, grad_q2 } = golden.byol;
    const [z1, z2] = [tensor(z1_target), tensor(z2_target)];
    const both = (a: tf.Tensor, b: tf.Tensor) =>
      tf.add(byolLoss(a as tf.Tensor2D, z2), byolLoss(b as tf.Tensor2D, z1)) as tf.Scalar;
    await expectLossAndGradients(both as never, [q1, q2], loss, [grad_q1, grad_q2]);
  });

  it('Barlow Twins: value and the gradients of both views', async () => {
    const { lambda, a, b, loss, grad_a, grad_b } = golden.barlow_twins;
    const L = (first: tf.Tensor, second: tf.Tensor) => barlowTwins(first as tf.Tensor2D, second as tf.Tensor2D, lambda);
    await expectLossAndGradients(L as never, [a, b], loss, [grad_a, grad_b]);
  });

  it('Barlow Twins of a constant output is d, with a finite gradient', async () => {
    const b = tensor(golden.barlow_twins.b);
    const L = (first: tf.Tensor, second: tf.Tensor) => barlowTwins(first as tf.Tensor2D, second as tf.Tensor2D, 0.005);
    const { value, grads } = tf.valueAndGrads(L as never)([tf.ones(b.shape), b]);
    expect((await value.data())[0]).toBeCloseTo(b.shape[1], 4);
    for (const gradient of grads) expect((await gradient.data()).every(Number.isFinite)).toBe(true);
  });

  describe('SwAV', () => {
    const { swav } = golden;
    const sinkhorn = { epsilon: swav.sinkhorn_epsilon, iterations: swav.sinkhorn_iterations };
    const lossOf = (scores1: tf.Tensor2D, scores2: tf.Tensor2D) => {
      const q = (scores: tf.Tensor2D) => stopGradient(sinkhornKnopp(scores, sinkhorn));
      const half = (scores: tf.Tensor2D, other: tf.Tensor2D) => swappedPrediction(scores, q(other), swav.temperature);
      return tf.mul(tf.add(half(scores2, scores1), half(scores1, scores2)), 0.5) as tf.Scalar;
    };

    it('assignments after each iteration of Sinkhorn-Knopp', async () => {
      const scores = tensor(swav.scores1);
      for (const [i, expected] of swav.q1_after_iteration.entries()) {
        const q = sinkhornKnopp(scores, { ...sinkhorn, iterations: i + 1 });
        expect(maxError(await q.data(), decode(expected)), `after ${i + 1}`).toBeLessThanOrEqual(1e-5);
      }
      const q2 = sinkhornKnopp(tensor(swav.scores2), sinkhorn);
      expect(maxError(await q2.data(), decode(swav.q2))).toBeLessThanOrEqual(1e-5);
    });

    // The first is computed directly, the others with logarithms; at 0.01 exp(scores/epsilon) underflows.
    it.each([0.03, 0.0299, 0.01])(
      'assignments for epsilon %f are those in float64, with finite gradients',
      async (epsilon) => {
        const values = decode(swav.scores1);
        const [rows, columns] = swav.scores1.shape as [number, number];
        // Cosines of all sizes, so that whole rows and columns underflow in float32.
        const largest = Math.max(...values.map(Math.abs));
        const cosines = Array.from(values, (value) => value / largest);
        const scores = tf.tensor2d(cosines, [rows, columns]);
        const q = await sinkhornKnopp(scores, { epsilon, iterations: 3 }).data();
        expect(maxError(q, sinkhornInFloat64(cosines, columns, epsilon, 3))).toBeLessThanOrEqual(2e-5);
        const weighted = (s: tf.Tensor) =>
          tf.sum(tf.square(sinkhornKnopp(s as tf.Tensor2D, { epsilon, iterations: 3 }))) as tf.Scalar;
        const gradient = await tf.grad(weighted)(scores).data();
        expect(gradient.every(Number.isFinite)).toBe(true);
        expect(gradient.some((value) => Math.abs(value) > 1e-3)).toBe(true);
      },
    );

    it('both halves of the swapped prediction', async () => {
      const halves = [
        swappedPrediction(tensor(swav.scores2), tensor(swav.q1), swav.temperature),
        swappedPrediction(tensor(swav.scores1), tensor(swav.q2), swav.temperature),
      ];
      for (const [i, half] of halves.entries()) {
        expect(Math.abs((await half.data())[0]! - swav.loss_terms[i]!)).toBeLessThanOrEqual(1e-5);
      }
    });

    it('value, and gradients of the scores', async () => {
      const { scores1, scores2, loss, grad_scores1, grad_scores2 } = swav;
      await expectLossAndGradients(lossOf as never, [scores1, scores2], loss, [grad_scores1, grad_scores2]);
    });

    it('gradients of the raw outputs and of the prototypes', async () => {
      const { u1, u2, prototypes_kernel, loss, grad_u1, grad_u2, grad_prototypes_kernel } = swav;
      const whole = (a: tf.Tensor, b: tf.Tensor, C: tf.Tensor) => {
        const scores = (u: tf.Tensor) => tf.matMul(l2Normalise(u as tf.Tensor2D), C as tf.Tensor2D) as tf.Tensor2D;
        return lossOf(scores(a), scores(b));
      };
      await expectLossAndGradients(whole as never, [u1, u2, prototypes_kernel], loss, [
        grad_u1,
        grad_u2,
        grad_prototypes_kernel,
      ]);
    });

    it('Sinkhorn-Knopp itself is differentiable: its gradient equals finite differences', async () => {
      const scores = tensor(swav.scores1);
      const weight = tensor(swav.q2);
      const f = (s: tf.Tensor) =>
        tf.sum(tf.mul(sinkhornKnopp(s as tf.Tensor2D, { epsilon: 0.5, iterations: 3 }), weight)) as tf.Scalar;
      const gradient = await tf.grad(f)(scores).data();
      const values = decode(swav.scores1);
      const h = 2e-3;
      for (const i of [0, 7, 21]) {
        const at = async (by: number) => {
          const moved = values.slice();
          moved[i] += by;
          return (await f(tf.tensor2d(moved, scores.shape)).data())[0]!;
        };
        const difference = ((await at(h)) - (await at(-h))) / (2 * h);
        expect(Math.abs(gradient[i]! - difference)).toBeLessThanOrEqual(2e-3);
      }
    });
  });
});

/** Sinkhorn-Knopp on the logarithms, in float64. */
function sinkhornInFloat64(
  scores: readonly number[],
  columns: number,
  epsilon: number,
  iterations: number,
): Float64Array {
  const logQ = Float64Array.from(scores, (score) => score / epsilon);
  const rows = logQ.length / columns;
  const normalise = (indices: readonly number[]) => {
    const most = Math.max(...indices.map((i) => logQ[i]!));
    const total = most + Math.log(indices.reduce((sum, i) => sum + Math.exp(logQ[i]! - most), 0));
    for (const i of indices) logQ[i]! -= total;
  };
  for (let n = 0; n < iterations; n++) {
    for (let c = 0; c < columns; c++) normalise(Array.from({ length: rows }, (_, r) => r * columns + c));
    for (let r = 0; r < rows; r++) normalise(Array.from({ length: columns }, (_, c) => r * columns + c));
  }
  return logQ.map(Math.exp);
}
