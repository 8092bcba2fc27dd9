import * as tf from '@tensorflow/tfjs';
import { defineOp } from './runtime/op';
import { defineProgram, runProgram } from './runtime/program';
import { averagePoolGradientOnWasm, averagePoolOnWasm } from './wasm/averagePool';

/** Global average pooling, one dispatch each way. */

const forwardProgram = defineProgram({
  name: 'globalAveragePool',
  inputs: { x: 'f32' },
  outputs: { y: 'f32' },
  uniforms: { pixels: 'i32', channels: 'i32' },
  workgroupSize: [64, 1, 1],
  entry: 'threads',
  code: `
fn run(index : i32) {
  let image = index / uniforms.channels;
  let first = image * uniforms.pixels * uniforms.channels + index - image * uniforms.channels;
  var sum = 0.0;
  for (var pixel = 0; pixel < uniforms.pixels; pixel++) { sum += x[first + pixel * uniforms.channels]; }
  y[index] = sum / f32(uniforms.pixels);
}`,
});

const gradientProgram = defineProgram({
  name: 'globalAveragePoolGradient',
  inputs: { dy: 'f32' },
  outputs: { dx: 'f32' },
  uniforms: { pixels: 'i32', channels: 'i32' },
  workgroupSize: [64, 1, 1],
  entry: 'threads',
  code: `
fn run(index : i32) {
  let row = index / uniforms.channels;
  let channel = index - row * uniforms.channels;
  dx[index] = dy[row / uniforms.pixels * uniforms.channels + channel] / f32(uniforms.pixels);
}`,
});

type Shape = [n: number, h: number, w: number, channels: number];

function forwardOnGpu(x: tf.Tensor4D): tf.Tensor2D {
  const [n, h, w, channels] = x.shape;
  return runProgram(forwardProgram, {
    inputs: { x },
    outputs: { y: [n, channels] },
    uniforms: { pixels: h * w, channels },
    size: n * channels,
  }).y as tf.Tensor2D;
}

export function plainGlobalAveragePool(x: tf.Tensor4D): tf.Tensor2D {
  return tf.mean(x, [1, 2]);
}

function gradientOnGpu(dy: tf.Tensor2D, shape: Shape): tf.Tensor4D {
  const [n, h, w, channels] = shape;
  return runProgram(gradientProgram, {
    inputs: { dy },
    outputs: { dx: shape },
    uniforms: { pixels: h * w, channels },
    size: n * h * w * channels,
  }).dx as tf.Tensor4D;
}

function plainGradient(dy: tf.Tensor2D, [n, h, w, channels]: Shape): tf.Tensor4D {
  return tf.tidy(() => tf.tile<tf.Tensor4D>(tf.reshape(tf.div(dy, h * w), [n, 1, 1, channels]), [1, h, w, 1]));
}

const gradient = defineOp({
  name: 'GlobalAveragePoolGradient',
  webgpu: gradientOnGpu,
  wasm: averagePoolGradientOnWasm,
  plain: plainGradient,
});

const run = defineOp<'x', object>({
  name: 'GlobalAveragePool',
  webgpu: ({ x }) => [forwardOnGpu(x as tf.Tensor4D)],
  wasm: ({ x }) => [averagePoolOnWasm(x as tf.Tensor4D)],
  plain: ({ x }) => [plainGlobalAveragePool(x as tf.Tensor4D)],
  gradient: ([dy], { inputs: { x } }) => ({
    x: () => gradient(dy as tf.Tensor2D, (x as tf.Tensor4D).shape),
  }),
});

/** Mean over the pixels of x [N, H, W, C] -> [N, C], differentiable. */
export function globalAveragePool(x: tf.Tensor4D): tf.Tensor2D {
  return run({ x }, {})[0] as tf.Tensor2D;
}
