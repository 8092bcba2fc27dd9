import type * as tf from '@tensorflow/tfjs';
import { newTensor, runKernel } from '../runtime/wasm/run';
import { globalAveragePool, globalAveragePoolGradient } from '../wasmgen/averagePool';

export function averagePoolOnWasm(x: tf.Tensor4D): tf.Tensor2D {
  const [images, height, width, channels] = x.shape;
  const y = newTensor<tf.Tensor2D>([images, channels]);
  runKernel(globalAveragePool({ images, pixels: height * width, channels }), { x, y });
  return y;
}

export function averagePoolGradientOnWasm(
  dy: tf.Tensor2D,
  shape: readonly [n: number, h: number, w: number, channels: number],
): tf.Tensor4D {
  const [images, height, width, channels] = shape;
  const dx = newTensor<tf.Tensor4D>(shape);
  runKernel(globalAveragePoolGradient({ images, pixels: height * width, channels }), { dy, dx });
  return dx;
}
