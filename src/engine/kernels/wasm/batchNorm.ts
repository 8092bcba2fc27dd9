import * as tf from '@tensorflow/tfjs';
import type {
  BatchNormGivenInputs,
  BatchNormGradientInputs,
  BatchNormGradients,
  BatchNormInputs,
  BatchNormOutputs,
} from '../batchNorm/contract';
import { wasmBackend } from '../runtime/wasm/backend';
import { newTensor, runKernel, UNUSED, withTemporary } from '../runtime/wasm/run';
import {
  batchNormCoefficients,
  batchNormGradient,
  batchNormGradientSums,
  batchNormGradientTotals,
} from '../wasmgen/batchNorm/backward';
import { batchNormPartials } from '../wasmgen/batchNorm/blocks';
import { batchNormNormalise, batchNormStatistics, batchNormSums } from '../wasmgen/batchNorm/forward';
import { FLOAT } from '../wasmgen/lanes';

/** `batchNormForward` by generated kernels: three passes, of which two over the data. */
export function batchNormForwardOnWasm(inputs: BatchNormInputs): BatchNormOutputs {
  const { x, gamma, beta, residual, relu, views = 1, epsilon, moving } = inputs;
  const { variant } = wasmBackend();
  const [rows, channels] = x.shape;
  const lists = [gamma, beta, ...(moving === null ? [] : [moving.mean, moving.variance])];
  for (const list of lists) tf.util.assertShapesMatch(list.shape, [channels], 'batchNorm, parameters of channels: ');
  if (residual !== null) tf.util.assertShapesMatch(residual.shape, x.shape, 'batchNorm, residual: ');
  const shape = { rows, channels, views };
  const mean = newTensor<tf.Tensor1D>([views * channels]);
  const inverseStd = newTensor<tf.Tensor1D>([views * channels]);
  withTemporary(batchNormPartials(shape) * FLOAT, (partials) => {
    runKernel(batchNormSums(shape, variant), { x, partials });
    runKernel(batchNormStatistics(shape, { epsilon, decay: moving?.decay ?? null }), {
      partials,
      mean,
      inverseStd,
      movingMean: moving?.mean ?? UNUSED,
      movingVariance: moving?.variance ?? UNUSED,
    });
  });
  return { y: normalised({ x, gamma, beta, residual, relu, mean, inverseStd }, views), mean, inverseStd };
}

/** The element-wise part, with statistics [views, C]. */
function normalised(
  { x, gamma, beta, residual, relu, mean, inverseStd }: BatchNormGivenInputs,
  views: number,
): tf.Tensor2D {
  const { variant } = wasmBackend();
  const [rows, channels] = x.shape;
  const y = newTensor<tf.Tensor2D>(x.shape);
  runKernel(batchNormNormalise({ rows, channels, views }, { relu, residual: residual !== null }, variant), {
    x,
    mean,
    inverseStd,
    gamma,
    beta,
    residual: residual ?? UNUSED,
    y,
  });
  return y;
}

/** `batchNormGiven` by the last kernel of the forward pass. */
export function batchNormGivenOnWasm(inputs: BatchNormGivenInputs): tf.Tensor2D {
  const { x, gamma, beta, residual, mean, inverseStd } = inputs;
  const [, channels] = x.shape;
  for (const list of [gamma, beta, mean, inverseStd]) {
    tf.util.assertShapesMatch(list.shape, [channels], 'batchNorm, numbers of channels: ');
  }
  if (residual !== null) tf.util.assertShapesMatch(residual.shape, x.shape, 'batchNorm, residual: ');
  return normalised(inputs, 1);
}

/** `batchNormBackward` by generated kernels. */
export function batchNormBackwardOnWasm(inputs: BatchNormGradientInputs): BatchNormGradients {
  const { dy, x, gamma, forward, relu, views = 1, hasResidual } = inputs;
  const { y, mean, inverseStd } = forward;
  const { variant } = wasmBackend();
  const [rows, channels] = x.shape;
  const shape = { rows, channels, views };
  const dGamma = newTensor<tf.Tensor1D>([channels]);
  const dBeta = newTensor<tf.Tensor1D>([channels]);
  const dx = newTensor<tf.Tensor2D>(x.shape);
  const dResidual = hasResidual ? newTensor<tf.Tensor2D>(x.shape) : null;
  withTemporary(batchNormCoefficients(shape) * FLOAT, (coefficients) => {
    withTemporary(batchNormPartials(shape) * FLOAT, (partials) => {
      runKernel(batchNormGradientSums(shape, relu, variant), { dy, x, y, mean, partials });
      runKernel(batchNormGradientTotals(shape), { partials, inverseStd, gamma, dGamma, dBeta, coefficients });
    });
    runKernel(batchNormGradient(shape, { relu, residual: hasResidual }, variant), {
      dy,
      x,
      y,
      mean,
      coefficients,
      dx,
      dResidual: dResidual ?? UNUSED,
    });
  });
  return { dx, dGamma, dBeta, dResidual };
}
