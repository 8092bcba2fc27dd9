import type * as tf from '@tensorflow/tfjs';
import { newTensor, runKernel } from '../runtime/wasm/run';
import { type MaxPoolShape, maxPool, maxPoolGradient } from '../wasmgen/maxPool';

function shapeOf(x: tf.Tensor4D): MaxPoolShape {
  const [images, height, width, channels] = x.shape;
  return { images, height, width, channels };
}

export function maxPoolOnWasm(x: tf.Tensor4D): tf.Tensor4D {
  const [images, height, width, channels] = x.shape;
  const y = newTensor<tf.Tensor4D>([images, Math.ceil(height / 2), Math.ceil(width / 2), channels]);
  runKernel(maxPool(shapeOf(x)), { x, y });
  return y;
}

export function maxPoolGradientOnWasm(dy: tf.Tensor4D, x: tf.Tensor4D): tf.Tensor4D {
  const dx = newTensor<tf.Tensor4D>(x.shape);
  runKernel(maxPoolGradient(shapeOf(x)), { dy, x, dx });
  return dx;
}
