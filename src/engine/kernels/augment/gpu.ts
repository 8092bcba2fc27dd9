import type * as tf from '@tensorflow/tfjs';
import { defineProgram, runProgram } from '../runtime/program';
import { blurOnGpu } from './blur';
import type { Normalisation } from './normalisation';
import { type AugmentSwitches, JITTER } from './params';
import type { DevicePictures } from './pictures';
import { LUMA } from './plain';

/**
 * The augmentations on WebGPU. Every thread computes its pixel from the packed source through all steps, so that no intermediate is stored.
 * Only contrast needs more than the pixel itself: the mean grey of the view after the steps before it, which a first pass computes.
 */

const SOURCE_UNIFORMS = { images: 'i32', outHeight: 'i32', outWidth: 'i32', antialias: 'i32' } as const;

/** Reads `pixels`, `places` and `params`; a row of params is four vectors, in the order of `COLUMN`. */
const PIXEL_CODE = `
const LUMA = vec3<f32>(${LUMA.join(', ')});

struct Taps { low : i32, high : i32, share : f32 }

// Bilinear taps with half-pixel centres, in units of 1 / (2 outSize) pixel, in which all values are whole numbers and exact.
fn tapsOf(dst : i32, start : i32, length : i32, outSize : i32) -> Taps {
  let unit = 2 * outSize;
  let src = max((2 * dst + 1) * length - outSize, 0);
  let low = src / unit;
  return Taps(start + min(low, length - 1), start + min(low + 1, length - 1), f32(src - low * unit) / f32(unit));
}

fn sourcePixel(place : vec2<i32>, y : i32, x : i32) -> vec3<f32> {
  return unpack4x8unorm(pixels[place.x + y * place.y + x]).rgb;
}

// The triangle around pixel dst of outSize, as wide as two pixels of the view or of the picture, whichever are larger: its value at a
// pixel of a line of \`length\`, in units of 1 / (2 outSize) pixel, in which all values are whole numbers and exact.
fn triangle(dst : i32, pixel : i32, length : i32, outSize : i32) -> f32 {
  return f32(2 * max(length, outSize) - abs((2 * pixel + 1) * outSize - (2 * dst + 1) * length));
}

// The first and the last pixel at which that triangle is above 0.
fn windowOf(dst : i32, length : i32, outSize : i32) -> vec2<i32> {
  let unit = 2 * outSize;
  let centre = (2 * dst + 1) * length - outSize;
  let reach = 2 * max(length, outSize);
  let before = centre - reach;
  let first = select(before / unit + 1, 0, before < 0);
  return vec2<i32>(first, min((centre + reach - 1) / unit, length - 1));
}

// Averages over what a pixel of the view covers, so that shrinking does not alias.
fn averagedPixel(place : vec2<i32>, box : vec4<i32>, y : i32, x : i32) -> vec3<f32> {
  let rows = windowOf(y, box.z, uniforms.outHeight);
  let columns = windowOf(x, box.w, uniforms.outWidth);
  var sum = vec3<f32>(0.0);
  var total = 0.0;
  for (var row = rows.x; row <= rows.y; row++) {
    let rowWeight = triangle(y, row, box.z, uniforms.outHeight);
    for (var column = columns.x; column <= columns.y; column++) {
      let weight = rowWeight * triangle(x, column, box.w, uniforms.outWidth);
      sum += weight * sourcePixel(place, box.x + row, box.y + column);
      total += weight;
    }
  }
  return sum / total;
}

fn croppedPixel(view : i32, y : i32, x : i32) -> vec3<f32> {
  let place = places[view % uniforms.images];
  let box = vec4<i32>(params[4 * view]);
  if (uniforms.antialias == 1 && (box.z > uniforms.outHeight || box.w > uniforms.outWidth)) {
    return averagedPixel(place, box, y, x);
  }
  let rows = tapsOf(y, box.x, box.z, uniforms.outHeight);
  let columns = tapsOf(x, box.y, box.w, uniforms.outWidth);
  let upper = mix(sourcePixel(place, rows.low, columns.low), sourcePixel(place, rows.low, columns.high), columns.share);
  let lower = mix(sourcePixel(place, rows.high, columns.low), sourcePixel(place, rows.high, columns.high), columns.share);
  return mix(upper, lower, rows.share);
}

// Converts RGB to HSV, shifts the hue by so many full turns, and converts back.
fn shiftHue(color : vec3<f32>, turns : f32) -> vec3<f32> {
  let value = max(max(color.r, color.g), color.b);
  let chroma = value - min(min(color.r, color.g), color.b);
  if (chroma == 0.0) { return color; }
  var sixths = 4.0 + (color.r - color.g) / chroma;
  if (value == color.r) {
    sixths = (color.g - color.b) / chroma;
  } else if (value == color.g) {
    sixths = 2.0 + (color.b - color.r) / chroma;
  }
  let k = vec3<f32>(5.0, 3.0, 1.0) + sixths + 6.0 * turns;
  let wrapped = k - 6.0 * floor(k / 6.0);
  return value - chroma * clamp(min(wrapped, 4.0 - wrapped), vec3<f32>(0.0), vec3<f32>(1.0));
}

fn jitterStep(color : vec3<f32>, step : i32, factor : f32, mean : f32) -> vec3<f32> {
  if (step == ${JITTER.hue}) { return shiftHue(color, factor); }
  var other = vec3<f32>(0.0);
  if (step == ${JITTER.contrast}) { other = vec3<f32>(mean); }
  if (step == ${JITTER.saturation}) { other = vec3<f32>(dot(color, LUMA)); }
  return clamp(factor * color + (1.0 - factor) * other, vec3<f32>(0.0), vec3<f32>(1.0));
}
`;

const INPUTS = { pixels: 'u32', places: 'vec2<i32>', params: 'vec4<f32>' } as const;

const THREADS = 64;

/** Mean grey [V] of each view before contrast is applied, one workgroup per view; 0 for views without contrast. */
const contrastMean = defineProgram({
  name: 'AugmentContrastMean',
  inputs: INPUTS,
  outputs: { means: 'f32' },
  uniforms: SOURCE_UNIFORMS,
  workgroupSize: [THREADS, 1, 1],
  entry: 'workgroups',
  code: `${PIXEL_CODE}
var<workgroup> sums : array<f32, ${THREADS}>;

fn sumOf(view : i32, first : i32) -> f32 {
  let steps = vec4<i32>(params[4 * view + 1]);
  if (!any(steps == vec4<i32>(${JITTER.contrast}))) { return 0.0; }
  let factors = params[4 * view + 2];
  var sum = 0.0;
  for (var i = first; i < uniforms.outHeight * uniforms.outWidth; i += ${THREADS}) {
    var color = croppedPixel(view, i / uniforms.outWidth, i % uniforms.outWidth);
    for (var slot = 0; steps[slot] != ${JITTER.contrast}; slot++) {
      if (steps[slot] != ${JITTER.none}) { color = jitterStep(color, steps[slot], factors[slot], 0.0); }
    }
    sum += dot(color, LUMA);
  }
  return sum;
}

fn run(group : vec3<u32>, local : vec3<u32>) {
  sums[local.x] = sumOf(i32(group.x), i32(local.x));
  workgroupBarrier();
  if (local.x == 0u) {
    var sum = 0.0;
    for (var i = 0; i < ${THREADS}; i++) { sum += sums[i]; }
    means[group.x] = sum / f32(uniforms.outHeight * uniforms.outWidth);
  }
}`,
});

/** All augmentations except the blur, one thread per pixel of a view. */
const augmentedViews = defineProgram({
  name: 'AugmentViews',
  inputs: { ...INPUTS, means: 'f32' },
  outputs: { views: 'f32' },
  uniforms: {
    ...SOURCE_UNIFORMS,
    meanRed: 'f32',
    meanGreen: 'f32',
    meanBlue: 'f32',
    stdRed: 'f32',
    stdGreen: 'f32',
    stdBlue: 'f32',
  },
  workgroupSize: [THREADS, 1, 1],
  entry: 'threads',
  code: `${PIXEL_CODE}
fn run(index : i32) {
  let row = index / uniforms.outWidth;
  let view = row / uniforms.outHeight;
  let y = row % uniforms.outHeight;
  let steps = vec4<i32>(params[4 * view + 1]);
  let factors = params[4 * view + 2];
  let switches = params[4 * view + 3];
  var x = index % uniforms.outWidth;
  if (switches.x > 0.0) { x = uniforms.outWidth - 1 - x; }
  var color = croppedPixel(view, y, x);
  for (var slot = 0; slot < 4; slot++) {
    if (steps[slot] != ${JITTER.none}) { color = jitterStep(color, steps[slot], factors[slot], means[view]); }
  }
  if (switches.y > 0.0) { color = vec3<f32>(dot(color, LUMA)); }
  let mean = vec3<f32>(uniforms.meanRed, uniforms.meanGreen, uniforms.meanBlue);
  let deviation = vec3<f32>(uniforms.stdRed, uniforms.stdGreen, uniforms.stdBlue);
  let normalised = (color - mean) / deviation;
  views[3 * index] = normalised.r;
  views[3 * index + 1] = normalised.g;
  views[3 * index + 2] = normalised.b;
}`,
});

/**
 * Arguments and result as in `augmentBatch`; without `blur`, the blur columns are ignored. Intermediates are freed by the caller's
 * `tf.tidy`.
 */
export function augmentOnGpu(
  { pixels, places }: DevicePictures,
  params: tf.Tensor2D,
  [outHeight, outWidth]: readonly [number, number],
  { mean, std }: Normalisation,
  { blur, antialias }: AugmentSwitches,
): tf.Tensor4D {
  const viewCount = params.shape[0];
  const source = { images: places.shape[0], outHeight, outWidth, antialias: antialias ? 1 : 0 };
  const { means } = runProgram(contrastMean, {
    inputs: { pixels, places, params },
    outputs: { means: [viewCount] },
    uniforms: source,
    size: [viewCount, 1, 1],
  });
  const { views } = runProgram(augmentedViews, {
    inputs: { pixels, places, params, means },
    outputs: { views: [viewCount, outHeight, outWidth, 3] },
    uniforms: {
      ...source,
      meanRed: mean[0],
      meanGreen: mean[1],
      meanBlue: mean[2],
      stdRed: std[0],
      stdGreen: std[1],
      stdBlue: std[2],
    },
    size: viewCount * outHeight * outWidth,
  });
  // The blur comes last here: its weights are symmetric and sum to 1, so flip and normalisation commute with it.
  return blur ? blurOnGpu(views as tf.Tensor4D, params) : (views as tf.Tensor4D);
}
