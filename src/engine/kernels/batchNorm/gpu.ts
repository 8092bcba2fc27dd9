import * as tf from '@tensorflow/tfjs';
import { runProgram } from '../runtime/program';
import { currentDevice, lanesOf } from '../runtime/subgroups';
import type {
  BatchNormGivenInputs,
  BatchNormGradientInputs,
  BatchNormGradients,
  BatchNormInputs,
  BatchNormOutputs,
} from './contract';
import { fewRowsBackward, fewRowsForward, isFewRows } from './fewRows';
import { batchNormPrograms } from './programs';

/**
 * BatchNorm on WebGPU, forward and backward in three dispatches each: sums over chunks of rows, totals of these sums, and the element-wise
 * part. Few rows take one dispatch (`fewRows.ts`).
 */

const MIN_CHUNK_ROWS = 32;
/** The most chunks that one thread adds up, as a lane of a subgroup or by itself where there are no subgroups. */
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

/** How the work on a [views n, C] tensor is divided: vectors of channels, chunks of a view's rows. */
function geometry([allRows, channels]: [number, number], views: number) {
  const width = channels % 4 === 0 ? 4 : 1;
  const rows = allRows / views;
  const lanes = lanesOf(currentDevice());
  const mostChunks = lanes > 0 ? CHUNKS_PER_LANE * lanes : CHUNKS_PER_THREAD;
  const chunkRows = Math.max(MIN_CHUNK_ROWS, Math.ceil(rows / mostChunks));
  return {
    programs: programsFor(width === 4 ? 'vec4<f32>' : 'f32', lanes),
    /** Rows of a view. */
    rows,
    /** Channels, counted in vectors. */
    channels: channels / width,
    chunkRows,
    /** Chunks of a view. */
    chunks: Math.ceil(rows / chunkRows),
    vectors: (allRows * channels) / width,
  };
}

export function batchNormForwardOnGpu(given: BatchNormInputs): BatchNormOutputs {
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
  const mean = statistics.mean as tf.Tensor1D;
  const inverseStd = statistics.inverseStd as tf.Tensor1D;
  const y = normalised({ x, gamma, beta, residual, relu, mean, inverseStd }, { programs: p, rows, channels, vectors });
  return { y, mean, inverseStd };
}

/** The element-wise part: statistics [views C], `rows` of each view. */
function normalised(
  { x, gamma, beta, residual, relu, mean, inverseStd }: BatchNormGivenInputs,
  {
    programs,
    rows,
    channels,
    vectors,
  }: Pick<ReturnType<typeof geometry>, 'programs' | 'rows' | 'channels' | 'vectors'>,
): tf.Tensor2D {
  const dispatch = {
    inputs: { x, mean, inverseStd, gamma, beta },
    outputs: { y: x.shape },
    uniforms: { rows, channels, relu: relu ? 1 : 0 },
    size: vectors,
  };
  const { y } =
    residual === null
      ? runProgram(programs.normalise, dispatch)
      : runProgram(programs.normaliseAdd, { ...dispatch, inputs: { ...dispatch.inputs, residual } });
  return y as tf.Tensor2D;
}

export function batchNormGivenOnGpu(given: BatchNormGivenInputs): tf.Tensor2D {
  return normalised(given, geometry(given.x.shape, 1));
}

export function batchNormBackwardOnGpu(given: BatchNormGradientInputs): BatchNormGradients {
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
