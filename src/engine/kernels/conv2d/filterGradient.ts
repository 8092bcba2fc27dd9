import * as tf from '@tensorflow/tfjs';
import { defineOp } from '../runtime/op';
import { filterGradientOnWasm } from '../wasm/convolution';
import { variantFor } from './choice';
import { runFilterStrips } from './filterProgram';
import { type ConvGeometry, convGeometry, kernelShapeOf, type Shape4D } from './geometry';
import { runTiles } from './tileProgram';

function filterGradientOnGpu(x: tf.Tensor4D, dy: tf.Tensor4D, g: ConvGeometry): tf.Tensor4D {
  const variant = variantFor('filterGradient', g);
  return variant.scheme === 'tile' ? runTiles('filterGradient', g, x, dy, variant) : runFilterStrips(x, dy, g, variant);
}

/** The kernel that stock tfjs runs for the gradient of `tf.conv2d`; it has no public function. */
export function plainFilterGradient(x: tf.Tensor4D, dy: tf.Tensor4D, g: ConvGeometry): tf.Tensor4D {
  const attributes = {
    strides: [g.stride, g.stride],
    pad: g.pad,
    dataFormat: 'NHWC',
    dimRoundingMode: 'floor',
    filterShape: kernelShapeOf(g),
  };
  return tf.engine().runKernel<tf.Tensor4D>('Conv2DBackpropFilter', { x, dy }, attributes);
}

/** `conv2dFilterGradient` for a geometry that is already computed. */
export const filterGradient = defineOp({
  name: 'Conv2dFilterGradient',
  webgpu: filterGradientOnGpu,
  wasm: (x, dy, g) => filterGradientOnWasm(x, dy, g) ?? plainFilterGradient(x, dy, g),
  plain: plainFilterGradient,
});

/**
 * Gradient of `trainingConv2d` in the kernel, from x [N, H, W, Cin] and dy [N, H', W', Cout] -> [kh, kw, Cin, Cout].
 * @throws Error when channels disagree or the kernel does not fit.
 */
export function conv2dFilterGradient(
  x: tf.Tensor4D,
  dy: tf.Tensor4D,
  kernelShape: Shape4D,
  stride: number,
  pad: number,
): tf.Tensor4D {
  return filterGradient(x, dy, convGeometry(x.shape, kernelShape, stride, pad));
}
