import * as tf from '@tensorflow/tfjs';
import { isWebGpu } from '../runtime/program';
import { variantFor } from './choice';
import { type ConvGeometry, convGeometry, yShapeOf } from './geometry';
import { runStrips, type StripRun } from './stripProgram';
import { runTiles } from './tileProgram';

/** Cross-correlation of x [N, H, W, Cin] with kernel [kh, kw, Cin, Cout], `pad` zeros on all four sides -> [N, H', W', Cout]. */
export function conv2dForward(x: tf.Tensor4D, kernel: tf.Tensor4D, stride: number, pad: number): tf.Tensor4D {
  const geometry = convGeometry(x.shape, kernel.shape, stride, pad);
  return isWebGpu() ? forwardOnGpu(x, kernel, geometry) : conv2dForwardPlain(x, kernel, stride, pad);
}

function forwardOnGpu(x: tf.Tensor4D, kernel: tf.Tensor4D, g: ConvGeometry): tf.Tensor4D {
  const variant = variantFor('forward', g);
  if (variant.family === 'tile') return runTiles('forward', g, x, kernel, variant);
  const run: StripRun = {
    direction: 'forward',
    geometry: g,
    source: { data: x, height: g.inHeight, width: g.inWidth, channels: g.inChannels },
    weights: kernel,
    target: { shape: yShapeOf(g), height: g.outHeight, width: g.outWidth, channels: g.outChannels },
  };
  return runStrips(run, variant);
}

export function conv2dForwardPlain(x: tf.Tensor4D, kernel: tf.Tensor4D, stride: number, pad: number): tf.Tensor4D {
  return tf.conv2d(x, kernel, stride, pad);
}
