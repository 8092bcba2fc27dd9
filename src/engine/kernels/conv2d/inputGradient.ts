import * as tf from '@tensorflow/tfjs';
import { defineOp } from '../runtime/op';
import { inputGradientOnWasm } from '../wasm/convolution';
import { variantFor } from './choice';
import { type ConvGeometry, convGeometry, type Shape4D, xShapeOf } from './geometry';
import { runStrips, type StripRun } from './stripProgram';
import { runTiles } from './tileProgram';

function inputGradientOnGpu(dy: tf.Tensor4D, kernel: tf.Tensor4D, g: ConvGeometry): tf.Tensor4D {
  const variant = variantFor('inputGradient', g);
  if (variant.scheme === 'tile') return runTiles('inputGradient', g, dy, kernel, variant);
  const run = (weights: tf.Tensor): tf.Tensor4D => {
    const strips: StripRun = {
      direction: 'transposed',
      geometry: g,
      source: { data: dy, height: g.outHeight, width: g.outWidth, channels: g.outChannels },
      weights,
      target: { shape: xShapeOf(g), height: g.inHeight, width: g.inWidth, channels: g.inChannels },
    };
    return runStrips(strips, variant);
  };
  if (variant.scheme === 'broadcast') return run(kernel);
  // Input channels become the innermost axis, so that they are read as vectors. This is cheap, since the kernel is much smaller than the
  // images.
  const swapped = tf.transpose(kernel, [0, 1, 3, 2]);
  const dx = run(swapped);
  swapped.dispose();
  return dx;
}

export function plainInputGradient(dy: tf.Tensor4D, kernel: tf.Tensor4D, g: ConvGeometry): tf.Tensor4D {
  return tf.conv2dTranspose(dy, kernel, xShapeOf(g), g.stride, g.pad);
}

/** `conv2dInputGradient` for a geometry that is already computed. */
export const inputGradient = defineOp({
  name: 'Conv2dInputGradient',
  webgpu: inputGradientOnGpu,
  wasm: (dy, kernel, g) => inputGradientOnWasm(dy, kernel, g) ?? plainInputGradient(dy, kernel, g),
  plain: plainInputGradient,
});

/**
 * Gradient of `trainingConv2d` in x, from dy [N, H', W', Cout] and kernel [kh, kw, Cin, Cout] -> [N, H, W, Cin].
 * @throws Error when channels disagree or the kernel does not fit.
 */
export function conv2dInputGradient(
  dy: tf.Tensor4D,
  kernel: tf.Tensor4D,
  xShape: Shape4D,
  stride: number,
  pad: number,
): tf.Tensor4D {
  return inputGradient(dy, kernel, convGeometry(xShape, kernel.shape, stride, pad));
}
