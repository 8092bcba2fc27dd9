import * as tf from '@tensorflow/tfjs';
import { kernelFamily } from '../runtime/family';
import { runProgram } from '../runtime/program';
import { currentDevice, lanesOf } from '../runtime/subgroups';
import { wasmBatchNormBackward, wasmBatchNormForward } from '../wasm/batchNorm';
import type { BatchNormGradientInputs, BatchNormGradients, BatchNormInputs, BatchNormOutputs } from './contract';
import { fewRowsBackward, fewRowsForward, isFewRows } from './fewRows';
import { batchNormPrograms } from './programs';

/**
 * BatchNorm in training mode over rows [n, C], with the residual addition and the ReLU that may follow it, forward and backward in three
 * dispatches each: sums over chunks of rows, the sums put together, the element-wise rest. Few rows take one (`batchNormFewRows`).
 */

const MIN_CHUNK_ROWS = 32;
/** Bounds the loop that puts the chunks together: per thread where a subgroup does it, else of one thread. */
const CHUNKS_PER_LANE = 16;
const CHUNKS_PER_THREAD = 128;

const programsByKey = new Map<string, ReturnType<typeof batchNormPrograms>>();

function programsFor(vector: 'f32' | 'vec4<f32>', lanes: number): ReturnType<typeof batchNormPrograms> {
  const key = `${vector} ${lanes}`;
  let programs = programsByKey.get(key);
  if (programs === undefined) {
    programs = batchNormPrograms(vector, lanes);
    programsByKey.set(key, programs);
  }
  return programs;
}

/** How a [views n, C] tensor is worked on: vectors of channels, chunks of a view's rows. */
function geometry([allRows, channels]: [number, number], views: number) {
  const width = channels % 4 === 0 ? 4 : 1;
  const rows = allRows / views;
  const lanes = lanesOf(currentDevice());
  const mostChunks = lanes > 0 ? CHUNKS_PER_LANE * lanes : CHUNKS_PER_THREAD;
  const chunkRows = Math.max(MIN_CHUNK_ROWS, Math.ceil(rows / mostChunks));
  return {
    programs: programsFor(width === 4 ? 'vec4<f32>' : 'f32', lanes),
    /** Of a view. */
    rows,
    /** In vectors. */
    channels: channels / width,
    chunkRows,
    /** Of a view. */
    chunks: Math.ceil(rows / chunkRows),
    vectors: (allRows * channels) / width,
  };
}

const FORWARD = { webgpu: gpuForward, wasm: wasmBatchNormForward, plain: plainBatchNormForward };
const BACKWARD = { webgpu: gpuBackward, wasm: wasmBatchNormBackward, plain: plainBatchNormBackward };

/** @throws Error when the rows are not `views` equal parts. */
export function batchNormForward(inputs: BatchNormInputs): BatchNormOutputs {
  const { x, views = 1 } = inputs;
  if (x.shape[0] % views !== 0) throw new Error(`batchNorm: ${x.shape[0]} rows are not ${views} views of one size`);
  const family = kernelFamily();
  return family === 'webgpu' || views === 1 ? FORWARD[family](inputs) : forwardByView(inputs, views);
}

export function batchNormBackward(inputs: BatchNormGradientInputs): BatchNormGradients {
  const { views = 1 } = inputs;
  const family = kernelFamily();
  return family === 'webgpu' || views === 1 ? BACKWARD[family](inputs) : backwardByView(inputs, views);
}

/** One view after the other. */
function forwardByView(inputs: BatchNormInputs, views: number): BatchNormOutputs {
  return tf.tidy(() => {
    const xs = tf.split<tf.Tensor2D>(inputs.x, views);
    const residuals = inputs.residual === null ? null : tf.split<tf.Tensor2D>(inputs.residual, views);
    const parts = xs.map((x, i) =>
      FORWARD[kernelFamily()]({ ...inputs, x, residual: residuals === null ? null : residuals[i], views: 1 }),
    );
    return {
      y: tf.concat(parts.map(({ y }) => y)),
      mean: tf.concat(parts.map(({ mean }) => mean)),
      inverseStd: tf.concat(parts.map(({ inverseStd }) => inverseStd)),
    };
  });
}

function backwardByView(inputs: BatchNormGradientInputs, views: number): BatchNormGradients {
  const { forward } = inputs;
  const joined = tf.tidy((): Omit<BatchNormGradients, 'dResidual'> & { dResidual?: tf.Tensor2D } => {
    const [dys, xs, ys] = [inputs.dy, inputs.x, forward.y].map((t) => tf.split<tf.Tensor2D>(t, views));
    const [means, inverseStds] = [forward.mean, forward.inverseStd].map((t) => tf.split<tf.Tensor1D>(t, views));
    const parts = xs.map((x, i) =>
      BACKWARD[kernelFamily()]({
        ...inputs,
        dy: dys[i],
        x,
        forward: { y: ys[i], mean: means[i], inverseStd: inverseStds[i] },
        views: 1,
      }),
    );
    const residuals = parts.flatMap(({ dResidual }) => (dResidual === null ? [] : [dResidual]));
    const gradients = {
      dx: tf.concat(parts.map(({ dx }) => dx)),
      dGamma: tf.addN<tf.Tensor1D>(parts.map(({ dGamma }) => dGamma)),
      dBeta: tf.addN<tf.Tensor1D>(parts.map(({ dBeta }) => dBeta)),
    };
    return residuals.length === 0 ? gradients : { ...gradients, dResidual: tf.concat(residuals) };
  });
  return { ...joined, dResidual: joined.dResidual ?? null };
}

function gpuForward(given: BatchNormInputs): BatchNormOutputs {
  const { x, gamma, beta, residual, relu, views = 1, epsilon, moving } = given;
  if (isFewRows(x.shape, views)) return fewRowsForward({ ...given, views });
  const { programs: p, rows, channels, chunkRows, chunks, vectors } = geometry(x.shape, views);
  const [, c] = x.shape;
  const { partial } = runProgram(p.sums, {
    inputs: { x },
    outputs: { partial: [views * chunks, 2, c] },
    uniforms: { rows, channels, chunkRows, chunks },
    size: views * chunks * channels,
  });
  const uniforms = { rows, channels, chunks, views, n: rows, epsilon };
  const statistics =
    moving === null
      ? runProgram(p.statistics, {
          inputs: { x, partial },
          outputs: { mean: [views * c], inverseStd: [views * c] },
          uniforms,
          size: [channels, 1, 1],
        })
      : runProgram(p.movingStatistics, {
          inputs: { x, partial },
          outputs: {
            mean: [views * c],
            inverseStd: [views * c],
            movingMean: moving.mean,
            movingVariance: moving.variance,
          },
          uniforms: { ...uniforms, decay: moving.decay, unbias: rows / Math.max(1, rows - 1) },
          size: [channels, 1, 1],
        });
  partial.dispose();
  const { mean, inverseStd } = statistics;
  const dispatch = {
    inputs: { x, mean, inverseStd, gamma, beta },
    outputs: { y: x.shape },
    uniforms: { rows, channels, relu: relu ? 1 : 0 },
    size: vectors,
  };
  const { y } =
    residual === null
      ? runProgram(p.normalise, dispatch)
      : runProgram(p.normaliseAdd, { ...dispatch, inputs: { ...dispatch.inputs, residual } });
  return { y: y as tf.Tensor2D, mean: mean as tf.Tensor1D, inverseStd: inverseStd as tf.Tensor1D };
}

function gpuBackward(given: BatchNormGradientInputs): BatchNormGradients {
  const { dy, x, gamma, forward, relu, views = 1, hasResidual } = given;
  if (isFewRows(x.shape, views)) return fewRowsBackward({ ...given, views });
  const { programs: p, rows, channels, chunkRows, chunks, vectors } = geometry(x.shape, views);
  const [, c] = x.shape;
  const { y, mean, inverseStd } = forward;
  const cut = relu ? 1 : 0;
  const { partial } = runProgram(p.gradientSums, {
    inputs: { dy, x, y, mean, inverseStd },
    outputs: { partial: [views * chunks, 2, c] },
    uniforms: { rows, channels, chunkRows, chunks, relu: cut },
    size: views * chunks * channels,
  });
  const { dBeta, dGamma, coefficients } = runProgram(p.gradientTotals, {
    inputs: { partial, mean, inverseStd, gamma },
    outputs: { dBeta: [c], dGamma: [c], coefficients: [views, 4, c] },
    uniforms: { channels, chunks, views, n: rows },
    size: [channels, 1, 1],
  });
  const inputs = { dy, x, y, coefficients };
  const uniforms = { rows, channels, relu: cut };
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
