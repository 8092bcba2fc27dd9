import type * as tf from '@tensorflow/tfjs';
import { type ConvGeometry, kernelShapeOf, xShapeOf, yShapeOf } from '../conv2d/geometry';
import { wasmBackend } from '../runtime/wasm/backend';
import { newTensor, runInOrder, runKernel, withTemporary } from '../runtime/wasm/run';
import { type ConvolutionPlan, planConvolution, type WeightedPass } from '../wasmgen/convolution/plan';

/** Convolutions by generated kernels. Each is null for a shape that none is written for: a kernel that is not square, of even size or off centre. */

function planOf(g: ConvGeometry): ConvolutionPlan | null {
  const { kernelHeight: size, stride, inChannels, outChannels } = g;
  if (size !== g.kernelWidth || size % 2 === 0 || g.pad !== (size - 1) / 2) return null;
  const shape = { images: g.batch, height: g.inHeight, width: g.inWidth, inChannels, outChannels, size, stride };
  return planConvolution(shape, wasmBackend().variant);
}

/** Packs the weights, which is little work beside the product, and runs the pass. */
function runWeighted(pass: WeightedPass, input: tf.Tensor, weights: tf.Tensor, shape: readonly number[]): tf.Tensor4D {
  const result = newTensor<tf.Tensor4D>(shape);
  withTemporary(pass.panelBytes, (panels) => {
    runKernel(pass.pack, { weights, panels });
    runInOrder(pass.run, [input, panels, result]);
  });
  return result;
}

export function forwardOnWasm(x: tf.Tensor4D, kernel: tf.Tensor4D, g: ConvGeometry): tf.Tensor4D | null {
  const plan = planOf(g);
  return plan === null ? null : runWeighted(plan.forward, x, kernel, yShapeOf(g));
}

export function inputGradientOnWasm(dy: tf.Tensor4D, kernel: tf.Tensor4D, g: ConvGeometry): tf.Tensor4D | null {
  const plan = planOf(g);
  return plan === null ? null : runWeighted(plan.inputGradient, dy, kernel, xShapeOf(g));
}

export function filterGradientOnWasm(x: tf.Tensor4D, dy: tf.Tensor4D, g: ConvGeometry): tf.Tensor4D | null {
  const plan = planOf(g);
  if (plan === null) return null;
  const { run, partialBytes, sum } = plan.filterGradient;
  const dw = newTensor<tf.Tensor4D>(kernelShapeOf(g));
  withTemporary(partialBytes, (partials) => {
    runKernel(run, { x, dy, partials });
    runKernel(sum, { partials, sum: dw });
  });
  return dw;
}
