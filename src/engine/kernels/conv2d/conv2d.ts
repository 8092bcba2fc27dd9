import * as tf from '@tensorflow/tfjs';
import { defineOp } from '../runtime/op';
import { forwardOnWasm } from '../wasm/convolution';
import { variantFor } from './choice';
import { filterGradient } from './filterGradient';
import { type ConvGeometry, convGeometry, yShapeOf } from './geometry';
import { inputGradient } from './inputGradient';
import { runStrips, type StripRun } from './stripProgram';
import { runTiles } from './tileProgram';

function forwardOnGpu(x: tf.Tensor4D, kernel: tf.Tensor4D, g: ConvGeometry): tf.Tensor4D {
  const variant = variantFor('forward', g);
  if (variant.scheme === 'tile') return runTiles('forward', g, x, kernel, variant);
  const run: StripRun = {
    direction: 'forward',
    geometry: g,
    source: { data: x, height: g.inHeight, width: g.inWidth, channels: g.inChannels },
    weights: kernel,
    target: { shape: yShapeOf(g), height: g.outHeight, width: g.outWidth, channels: g.outChannels },
  };
  return runStrips(run, variant);
}

function plainForward(x: tf.Tensor4D, kernel: tf.Tensor4D, { stride, pad }: ConvGeometry): tf.Tensor4D {
  return tf.conv2d(x, kernel, stride, pad);
}

const run = defineOp<'x' | 'kernel', ConvGeometry>({
  name: 'TrainingConv2d',
  webgpu: ({ x, kernel }, g) => [forwardOnGpu(x as tf.Tensor4D, kernel as tf.Tensor4D, g)],
  wasm: ({ x, kernel }, g) => [
    forwardOnWasm(x as tf.Tensor4D, kernel as tf.Tensor4D, g) ??
      plainForward(x as tf.Tensor4D, kernel as tf.Tensor4D, g),
  ],
  plain: ({ x, kernel }, g) => [plainForward(x as tf.Tensor4D, kernel as tf.Tensor4D, g)],
  gradient: ([dy], { inputs: { x, kernel } }, g) => ({
    x: () => inputGradient(dy as tf.Tensor4D, kernel as tf.Tensor4D, g),
    kernel: () => filterGradient(x as tf.Tensor4D, dy as tf.Tensor4D, g),
  }),
});

/**
 * Differentiable convolution (cross-correlation): x [N, H, W, Cin] with kernel [kh, kw, Cin, Cout], `pad` zeros on all four sides at every
 * stride -> [N, H', W', Cout] with H' = floor((H + 2 pad - kh) / stride) + 1.
 * @throws Error when channels disagree or the kernel does not fit.
 */
export function trainingConv2d(x: tf.Tensor4D, kernel: tf.Tensor4D, stride: number, pad: number): tf.Tensor4D {
  return run({ x, kernel }, convGeometry(x.shape, kernel.shape, stride, pad))[0] as tf.Tensor4D;
}
