import * as tf from '@tensorflow/tfjs';
import { plainFilterGradient } from '../../engine/kernels/conv2d/filterGradient';
import {
  type ConvGeometry,
  convGeometry,
  kernelShapeOf,
  xShapeOf,
  yShapeOf,
} from '../../engine/kernels/conv2d/geometry';
import { plainInputGradient } from '../../engine/kernels/conv2d/inputGradient';
import type { ConvShape } from '../../engine/kernels/wasmgen/convolution/shape';
import type { MaxPoolShape } from '../../engine/kernels/wasmgen/maxPool';

export type ConvPass = 'forward' | 'input gradient' | 'filter gradient';

/** What a kernel computes, on whatever backend is active when it is called. */
export interface TfjsRun {
  run(): tf.Tensor;
  dispose(): void;
}

/** A pass of a convolution. */
export function convolutionOnTfjs(shape: ConvShape, pass: ConvPass): TfjsRun {
  const { images, height, width, inChannels, outChannels, size, stride } = shape;
  const g: ConvGeometry = convGeometry(
    [images, height, width, inChannels],
    [size, size, inChannels, outChannels],
    stride,
    (size - 1) / 2,
  );
  const x = tf.fill<tf.Rank.R4>(xShapeOf(g), 1 / 64);
  const kernel = tf.fill<tf.Rank.R4>(kernelShapeOf(g), 1 / 64);
  const dy = tf.fill<tf.Rank.R4>(yShapeOf(g), 1 / 64);
  const run = {
    forward: () => tf.conv2d(x, kernel, g.stride, g.pad),
    'input gradient': () => plainInputGradient(dy, kernel, g),
    'filter gradient': () => plainFilterGradient(x, dy, g),
  }[pass];
  return { run, dispose: () => tf.dispose([x, kernel, dy]) };
}

/** Max pooling of 3 x 3 windows at stride 2. */
export function maxPoolOnTfjs({ images, height, width, channels }: MaxPoolShape): TfjsRun {
  const x = tf.fill<tf.Rank.R4>([images, height, width, channels], 1 / 64);
  return { run: () => tf.maxPool(x, 3, 2, 1, 'floor'), dispose: () => x.dispose() };
}
