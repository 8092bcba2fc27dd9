import type * as tf from '@tensorflow/tfjs';
import { defineProgram, runProgram } from './program';

/** One direction of the blur, one thread a value; borders are reflected without repeating the edge pixel. */
const blurAlong = defineProgram({
  name: 'AugmentBlur',
  inputs: { views: 'f32', params: 'vec4<f32>' },
  outputs: { blurred: 'f32' },
  /** `length` pixels lie `stride` values apart in the direction of the blur; a view has `viewSize` values. */
  uniforms: { length: 'i32', stride: 'i32', viewSize: 'i32' },
  workgroupSize: [64, 1, 1],
  entry: 'threads',
  code: `
fn run(index : i32) {
  let switches = params[4 * (index / uniforms.viewSize) + 3];
  let sigma = switches.z;
  let radius = i32(switches.w);
  let place = (index / uniforms.stride) % uniforms.length;
  let first = index - place * uniforms.stride;
  let last = uniforms.length - 1;
  var sum = 0.0;
  var total = 0.0;
  for (var tap = -radius; tap <= radius; tap++) {
    let weight = exp(f32(tap * tap) / (-2.0 * sigma * sigma));
    let reflected = last - abs(last - abs(place + tap));
    sum += weight * views[first + reflected * uniforms.stride];
    total += weight;
  }
  blurred[index] = sum / total;
}`,
});

/** Blurs each view [V, H, W, C] by the sigma and radius in its row of params [V, AUGMENT_COLUMNS]. */
export function blurOnGpu(views: tf.Tensor4D, params: tf.Tensor2D): tf.Tensor4D {
  const [, height, width, channels] = views.shape;
  const viewSize = height * width * channels;
  const along = (x: tf.Tensor, length: number, stride: number) =>
    runProgram(blurAlong, {
      inputs: { views: x, params },
      outputs: { blurred: views.shape },
      uniforms: { length, stride, viewSize },
      size: views.size,
    }).blurred;
  const byColumns = along(views, width, channels);
  return along(byColumns, height, width * channels) as tf.Tensor4D;
}
