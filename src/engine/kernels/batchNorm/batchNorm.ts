import { defineOp } from '../runtime/op';
import { batchNormBackwardOnWasm, batchNormForwardOnWasm, batchNormGivenOnWasm } from '../wasm/batchNorm';
import { backwardByView, forwardByView } from './byView';
import type { BatchNormInputs, BatchNormOutputs } from './contract';
import { batchNormBackwardOnGpu, batchNormForwardOnGpu, batchNormGivenOnGpu } from './gpu';
import { plainBatchNormBackward, plainBatchNormForward, plainBatchNormGiven } from './plain';

const forward = defineOp({
  name: 'BatchNorm',
  webgpu: batchNormForwardOnGpu,
  wasm: batchNormForwardOnWasm,
  plain: forwardByView(plainBatchNormForward),
});

/**
 * BatchNorm in training mode over rows [n, C], with the residual addition and the ReLU that may follow it.
 * @throws Error when the number of rows is not divisible by `views`.
 */
export function batchNormForward(inputs: BatchNormInputs): BatchNormOutputs {
  const { x, views = 1 } = inputs;
  if (x.shape[0] % views !== 0) throw new Error(`batchNorm: ${x.shape[0]} rows are not ${views} views of one size`);
  return forward(inputs);
}

/**
 * BatchNorm with given statistics over rows [n, C], with the residual addition and the ReLU that may follow it; each row's result depends
 * on that row alone. Not differentiable.
 */
export const batchNormGiven = defineOp({
  name: 'BatchNormGiven',
  webgpu: batchNormGivenOnGpu,
  wasm: batchNormGivenOnWasm,
  plain: plainBatchNormGiven,
});

/** The gradients of `batchNormForward` in x, gamma, beta and the residual. */
export const batchNormBackward = defineOp({
  name: 'BatchNormGradient',
  webgpu: batchNormBackwardOnGpu,
  wasm: batchNormBackwardOnWasm,
  plain: backwardByView(plainBatchNormBackward),
});
