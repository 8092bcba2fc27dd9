import * as tf from '@tensorflow/tfjs';
import { l2Normalise, MIN_NORM } from './l2Normalise';
import { defineOp } from './runtime/op';
import { defineProgram, runProgram } from './runtime/program';
import { REDUCTION_THREADS, scaledMean, totalCode } from './runtime/reduction';
import { negativeCosineGradientOnWasm, negativeCosineOnWasm } from './wasm/directions';

/**
 * The negative cosine of the rows of p and z, with l2-normalisation, product, sum and mean fused: two dispatches forward, one for each
 * gradient asked for. Each workgroup computes one row.
 */

const COMMON = { workgroupSize: [REDUCTION_THREADS, 1, 1], entry: 'workgroups' } as const;

/** |p|^2, |z|^2 and p.z of a row, and 1/|p|, 1/|z|, bounded as in `l2Normalise`. */
const ROW = `${totalCode('vec4<f32>')}
fn products(row : i32, thread : i32) -> vec4<f32> {
  var sums = vec4<f32>();
  for (var i = thread; i < uniforms.d; i += ${REDUCTION_THREADS}) {
    let a = p[row * uniforms.d + i];
    let b = z[row * uniforms.d + i];
    sums += vec4<f32>(a * a, b * b, a * b, 0.0);
  }
  return total(sums, thread);
}
fn inverseNorm(squares : f32) -> f32 { return inverseSqrt(max(squares, uniforms.leastSquares)); }`;

const cosineProgram = defineProgram({
  ...COMMON,
  name: 'cosineOfRows',
  inputs: { p: 'f32', z: 'f32' },
  outputs: { cosine: 'f32' },
  uniforms: { d: 'i32', leastSquares: 'f32' },
  code: `${ROW}
fn run(group : vec3<u32>, local : vec3<u32>) {
  let row = i32(group.x);
  let sums = products(row, i32(local.x));
  if (local.x == 0u) { cosine[row] = sums.z * inverseNorm(sums.x) * inverseNorm(sums.y); }
}`,
});

/**
 * d(-mean cosine)/dp = -1/n (z/(|p||z|) - cosine p/|p|^2); the second term is the gradient of the norm, and is 0 where the norm is bounded.
 */
const gradientProgram = defineProgram({
  ...COMMON,
  name: 'negativeCosineGradient',
  inputs: { p: 'f32', z: 'f32', dy: 'f32' },
  outputs: { dp: 'f32' },
  uniforms: { d: 'i32', n: 'f32', leastSquares: 'f32' },
  code: `${ROW}
fn run(group : vec3<u32>, local : vec3<u32>) {
  let row = i32(group.x);
  let sums = products(row, i32(local.x));
  let byP = inverseNorm(sums.x);
  let both = byP * inverseNorm(sums.y);
  let along = select(0.0, sums.z * both * byP * byP, sums.x >= uniforms.leastSquares);
  let scale = -dy[0] / uniforms.n;
  for (var i = i32(local.x); i < uniforms.d; i += ${REDUCTION_THREADS}) {
    let at = row * uniforms.d + i;
    dp[at] = scale * (both * z[at] - along * p[at]);
  }
}`,
});

const LEAST_SQUARES = MIN_NORM ** 2;

function forwardOnGpu(p: tf.Tensor2D, z: tf.Tensor2D): tf.Scalar {
  const [n, d] = p.shape;
  const { cosine } = runProgram(cosineProgram, {
    inputs: { p, z },
    outputs: { cosine: [n] },
    uniforms: { d, leastSquares: LEAST_SQUARES },
    size: [n, 1, 1],
  });
  const loss = scaledMean(cosine, -1);
  cosine.dispose();
  return loss;
}

/** The gradient in p. The gradient in z is the same with p and z exchanged, since the cosine is symmetric. */
function gradientOnGpu(dy: tf.Scalar, p: tf.Tensor2D, z: tf.Tensor2D): tf.Tensor2D {
  const [n, d] = p.shape;
  const uniforms = { d, n, leastSquares: LEAST_SQUARES };
  return runProgram(gradientProgram, { inputs: { p, z, dy }, outputs: { dp: p.shape }, uniforms, size: [n, 1, 1] })
    .dp as tf.Tensor2D;
}

/** The same in plain tfjs ops. */
export function plainNegativeCosine(p: tf.Tensor2D, z: tf.Tensor2D): tf.Scalar {
  return tf.tidy(() => tf.neg(tf.mean(tf.sum(tf.mul(l2Normalise(p), l2Normalise(z)), 1))) as tf.Scalar);
}

export function plainNegativeCosineGradient(dy: tf.Scalar, p: tf.Tensor2D, z: tf.Tensor2D): tf.Tensor2D {
  return tf.tidy(() => {
    const squares = tf.sum(tf.square(p), 1, true);
    const byP = tf.rsqrt(tf.maximum(squares, LEAST_SQUARES));
    const direction = l2Normalise(z);
    const cosine = tf.sum(tf.mul(tf.mul(p, byP), direction), 1, true);
    const along = tf.mul(tf.mul(cosine, byP), tf.cast(tf.greaterEqual(squares, LEAST_SQUARES), 'float32'));
    const slope = tf.mul(tf.sub(direction, tf.mul(along, p)), byP);
    return tf.mul<tf.Tensor2D>(slope, tf.div(dy, -p.shape[0]));
  });
}

const gradient = defineOp({
  name: 'NegativeCosineGradient',
  webgpu: gradientOnGpu,
  wasm: negativeCosineGradientOnWasm,
  plain: plainNegativeCosineGradient,
});

const run = defineOp<'p' | 'z', object>({
  name: 'NegativeCosine',
  webgpu: ({ p, z }) => [forwardOnGpu(p as tf.Tensor2D, z as tf.Tensor2D)],
  wasm: ({ p, z }) => [negativeCosineOnWasm(p as tf.Tensor2D, z as tf.Tensor2D)],
  plain: ({ p, z }) => [plainNegativeCosine(p as tf.Tensor2D, z as tf.Tensor2D)],
  gradient: ([dy], { inputs: { p, z } }) => {
    const inFirst = (first: tf.Tensor, second: tf.Tensor) =>
      gradient(dy as tf.Scalar, first as tf.Tensor2D, second as tf.Tensor2D);
    return { p: () => inFirst(p as tf.Tensor, z as tf.Tensor), z: () => inFirst(z as tf.Tensor, p as tf.Tensor) };
  },
});

/**
 * -(p/|p|_2) . (z/|z|_2), averaged over the rows of p, z [n, d]; differentiable in both.
 * @throws Error when the shapes differ.
 */
export function fusedNegativeCosine(p: tf.Tensor2D, z: tf.Tensor2D): tf.Scalar {
  tf.util.assertShapesMatch(p.shape, z.shape, 'negative cosine: ');
  return run({ p, z }, {})[0] as tf.Scalar;
}
