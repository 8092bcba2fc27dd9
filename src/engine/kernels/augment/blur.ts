import type * as tf from '@tensorflow/tfjs';
import { defineProgram, runProgram } from '../runtime/program';

/** One direction of the blur, one thread per pixel; borders are reflected without repeating the edge pixel. */
const blurAlong = defineProgram({
  name: 'AugmentBlur',
  inputs: { views: 'f32', params: 'vec4<f32>' },
  outputs: { blurred: 'f32' },
  /** The `length` pixels in the direction of the blur lie `stride` pixels apart; a view has `area` pixels. */
  uniforms: { length: 'i32', stride: 'i32', area: 'i32' },
  workgroupSize: [64, 1, 1],
  entry: 'threads',
  code: `
fn pixel(index : i32) -> vec3<f32> {
  return vec3<f32>(views[3 * index], views[3 * index + 1], views[3 * index + 2]);
}

fn run(index : i32) {
  let switches = params[4 * (index / uniforms.area) + 3];
  let exponent = -0.5 / (switches.z * switches.z);
  let radius = i32(switches.w);
  let place = (index / uniforms.stride) % uniforms.length;
  let first = index - place * uniforms.stride;
  let last = uniforms.length - 1;
  var sum = pixel(index);
  var total = 1.0;
  for (var tap = 1; tap <= radius; tap++) {
    let weight = exp(f32(tap * tap) * exponent);
    let before = abs(place - tap);
    let after = last - abs(last - place - tap);
    sum += weight * (pixel(first + before * uniforms.stride) + pixel(first + after * uniforms.stride));
    total += 2.0 * weight;
  }
  let mean = sum / total;
  blurred[3 * index] = mean.r;
  blurred[3 * index + 1] = mean.g;
  blurred[3 * index + 2] = mean.b;
}`,
});

/** Blurs each view [V, H, W, 3] by the sigma and radius in its row of params [V, AUGMENT_COLUMNS]. */
export function blurOnGpu(views: tf.Tensor4D, params: tf.Tensor2D): tf.Tensor4D {
  const [count, height, width] = views.shape;
  const area = height * width;
  const along = (x: tf.Tensor, length: number, stride: number) =>
    runProgram(blurAlong, {
      inputs: { views: x, params },
      outputs: { blurred: views.shape },
      uniforms: { length, stride, area },
      size: count * area,
    }).blurred;
  return along(along(views, width, 1), height, width) as tf.Tensor4D;
}
