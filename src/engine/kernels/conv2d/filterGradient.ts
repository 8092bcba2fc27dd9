import * as tf from '@tensorflow/tfjs';
import { isWebGpu } from '../runtime/program';
import { variantFor } from './choice';
import { runFilterStrips } from './filterProgram';
import { type ConvGeometry, convGeometry, type Shape4D } from './geometry';
import { runTiles } from './tileProgram';

/** Gradient of `conv2dForward` in the kernel, from x [N, H, W, Cin] and dy [N, H', W', Cout] -> [kh, kw, Cin, Cout]. */
export function conv2dFilterGradient(
  x: tf.Tensor4D,
  dy: tf.Tensor4D,
  kernelShape: Shape4D,
  stride: number,
  pad: number,
): tf.Tensor4D {
  const geometry = convGeometry(x.shape, kernelShape, stride, pad);
  return isWebGpu() ? filterGradientOnGpu(x, dy, geometry) : conv2dFilterGradientPlain(x, dy, kernelShape, stride, pad);
}

function filterGradientOnGpu(x: tf.Tensor4D, dy: tf.Tensor4D, g: ConvGeometry): tf.Tensor4D {
  const variant = variantFor('filterGradient', g);
  return variant.family === 'tile' ? runTiles('filterGradient', g, x, dy, variant) : runFilterStrips(x, dy, g, variant);
}

/** The kernel that stock tfjs runs for the gradient of `tf.conv2d`; it has no public name of its own. */
export function conv2dFilterGradientPlain(
  x: tf.Tensor4D,
  dy: tf.Tensor4D,
  kernelShape: Shape4D,
  stride: number,
  pad: number,
): tf.Tensor4D {
  const attributes = {
    strides: [stride, stride],
    pad,
    dataFormat: 'NHWC',
    dimRoundingMode: 'floor',
    filterShape: [...kernelShape],
  };
  return tf.engine().runKernel<tf.Tensor4D>('Conv2DBackpropFilter', { x, dy }, attributes);
}
