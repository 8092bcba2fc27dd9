import * as tf from '@tensorflow/tfjs';
import type {
  BatchNormGradientInputs,
  BatchNormGradients,
  BatchNormInputs,
  BatchNormOutputs,
} from './batchNormContract';
import { batchNormPrograms } from './batchNormPrograms';
import { kernelFamily } from './family';
import { runProgram } from './program';
import { wasmBatchNormBackward, wasmBatchNormForward } from './wasm/batchNorm';

/**
 * BatchNorm in training mode over rows [n, C], with the residual addition and the ReLU that may follow it, forward and backward in three
 * dispatches each: sums over chunks of rows, the sums put together, the element-wise rest.
 */

const MIN_CHUNK_ROWS = 32;
/** Bounds the loop that puts the chunks together. */
const MAX_CHUNKS = 128;

const PROGRAMS = { f32: batchNormPrograms('f32'), 'vec4<f32>': batchNormPrograms('vec4<f32>') };

/** How a [n, C] tensor is worked on: vectors of channels, chunks of rows. */
function geometry([rows, channels]: [number, number]) {
  const width = channels % 4 === 0 ? 4 : 1;
  const chunkRows = Math.max(MIN_CHUNK_ROWS, Math.ceil(rows / MAX_CHUNKS));
  return {
    programs: PROGRAMS[width === 4 ? 'vec4<f32>' : 'f32'],
    rows,
    /** In vectors. */
    channels: channels / width,
    chunkRows,
    chunks: Math.ceil(rows / chunkRows),
    vectors: (rows * channels) / width,
  };
}

const FORWARD = { webgpu: gpuForward, wasm: wasmBatchNormForward, plain: plainBatchNormForward };
const BACKWARD = { webgpu: gpuBackward, wasm: wasmBatchNormBackward, plain: plainBatchNormBackward };

export function batchNormForward(inputs: BatchNormInputs): BatchNormOutputs {
  return FORWARD[kernelFamily()](inputs);
}

export function batchNormBackward(inputs: BatchNormGradientInputs): BatchNormGradients {
  return BACKWARD[kernelFamily()](inputs);
}

function gpuForward({ x, gamma, beta, residual, relu, epsilon, moving }: BatchNormInputs): BatchNormOutputs {
  const { programs: p, rows, channels, chunkRows, chunks, vectors } = geometry(x.shape);
  const [, c] = x.shape;
  const { partial } = runProgram(p.sums, {
    inputs: { x },
    outputs: { partial: [chunks, 2, c] },
    uniforms: { rows, channels, chunkRows },
    size: chunks * channels,
  });
  const uniforms = { channels, chunks, n: rows, epsilon };
  const statistics =
    moving === null
      ? runProgram(p.statistics, {
          inputs: { x, partial },
          outputs: { mean: [c], inverseStd: [c] },
          uniforms,
          size: channels,
        })
      : runProgram(p.movingStatistics, {
          inputs: { x, partial },
          outputs: { mean: [c], inverseStd: [c], movingMean: moving.mean, movingVariance: moving.variance },
          uniforms: { ...uniforms, decay: moving.decay, unbias: rows / Math.max(1, rows - 1) },
          size: channels,
        });
  partial.dispose();
  const { mean, inverseStd } = statistics;
  const dispatch = {
    inputs: { x, mean, inverseStd, gamma, beta },
    outputs: { y: x.shape },
    uniforms: { channels, relu: relu ? 1 : 0 },
    size: vectors,
  };
  const { y } =
    residual === null
      ? runProgram(p.normalise, dispatch)
      : runProgram(p.normaliseAdd, { ...dispatch, inputs: { ...dispatch.inputs, residual } });
  return { y: y as tf.Tensor2D, mean: mean as tf.Tensor1D, inverseStd: inverseStd as tf.Tensor1D };
}

function gpuBackward({ dy, x, gamma, forward, relu, hasResidual }: BatchNormGradientInputs): BatchNormGradients {
  const { programs: p, rows, channels, chunkRows, chunks, vectors } = geometry(x.shape);
  const [, c] = x.shape;
  const { y, mean, inverseStd } = forward;
  const cut = relu ? 1 : 0;
  const { partial } = runProgram(p.gradientSums, {
    inputs: { dy, x, y, mean, inverseStd },
    outputs: { partial: [chunks, 2, c] },
    uniforms: { rows, channels, chunkRows, relu: cut },
    size: chunks * channels,
  });
  const { dBeta, dGamma, coefficients } = runProgram(p.gradientTotals, {
    inputs: { partial, mean, inverseStd, gamma },
    outputs: { dBeta: [c], dGamma: [c], coefficients: [4, c] },
    uniforms: { channels, chunks, n: rows },
    size: channels,
  });
  const inputs = { dy, x, y, coefficients };
  const uniforms = { channels, relu: cut };
  const { dx, dResidual = null }: { dx: tf.Tensor; dResidual?: tf.Tensor | null } = hasResidual
    ? runProgram(p.gradientWithResidual, {
        inputs,
        outputs: { dx: x.shape, dResidual: x.shape },
        uniforms,
        size: vectors,
      })
    : runProgram(p.gradient, { inputs, outputs: { dx: x.shape }, uniforms, size: vectors });
  tf.dispose([partial, coefficients]);
  return {
    dx: dx as tf.Tensor2D,
    dGamma: dGamma as tf.Tensor1D,
    dBeta: dBeta as tf.Tensor1D,
    dResidual: dResidual as tf.Tensor2D | null,
  };
}

/** `batchNormForward` in plain tfjs ops. */
export function plainBatchNormForward(inputs: BatchNormInputs): BatchNormOutputs {
  const { x, gamma, beta, residual, relu, epsilon, moving } = inputs;
  const [rows] = x.shape;
  return tf.tidy(() => {
    const mean = tf.mean<tf.Tensor1D>(x, 0);
    const centred = tf.sub<tf.Tensor2D>(x, mean);
    // Two passes: E[x^2] - E[x]^2 loses all digits where the mean is large.
    const variance = tf.mean<tf.Tensor1D>(tf.square(centred), 0);
    const inverseStd = tf.rsqrt(tf.add(variance, epsilon)) as tf.Tensor1D;
    if (moving !== null) {
      const { decay } = moving;
      const unbiased = tf.mul(variance, rows / Math.max(1, rows - 1));
      moving.mean.assign(tf.add(tf.mul(moving.mean, decay), tf.mul(mean, 1 - decay)));
      moving.variance.assign(tf.add(tf.mul(moving.variance, decay), tf.mul(unbiased, 1 - decay)));
    }
    const scaled = tf.add<tf.Tensor2D>(tf.mul(tf.mul(centred, inverseStd), gamma), beta);
    const sum = residual === null ? scaled : tf.add<tf.Tensor2D>(scaled, residual);
    return { y: relu ? tf.relu(sum) : sum, mean, inverseStd };
  });
}

/** `batchNormBackward` in plain tfjs ops: dx = gamma/std (g - mean(g) - xhat mean(g xhat)), dgamma = sum(g xhat), dbeta = sum(g). */
export function plainBatchNormBackward(inputs: BatchNormGradientInputs): BatchNormGradients {
  const { dy, x, gamma, forward, relu, hasResidual } = inputs;
  const { y, mean, inverseStd } = forward;
  const [rows] = x.shape;
  const { g, ...gradients } = tf.tidy(() => {
    const g = relu ? tf.mul<tf.Tensor2D>(dy, tf.step(y)) : tf.clone(dy);
    const normalised = tf.mul<tf.Tensor2D>(tf.sub(x, mean), inverseStd);
    const dBeta = tf.sum<tf.Tensor1D>(g, 0);
    const dGamma = tf.sum<tf.Tensor1D>(tf.mul(g, normalised), 0);
    const shift = tf.div(tf.add(dBeta, tf.mul(normalised, dGamma)), rows);
    const dx = tf.mul<tf.Tensor2D>(tf.sub(g, shift), tf.mul(inverseStd, gamma));
    return { dx, dGamma, dBeta, g };
  });
  if (hasResidual) return { ...gradients, dResidual: g };
  g.dispose();
  return { ...gradients, dResidual: null };
}
