import * as tf from '@tensorflow/tfjs';
import type { Normalisation } from './normalisation';
import { AUGMENT_COLUMNS, COLUMN, JITTER } from './params';
import { LUMA } from './plain';

/**
 * The augmentations as loops over pixels, for WASM, whose tensors are in the processor's memory. The plain tfjs ops of `plain.ts` would
 * take as long there as the training itself. The results are the same.
 */

/** For each output pixel of a row or column, the two source pixels to interpolate and the weight of the second. */
interface Taps {
  readonly low: Int32Array;
  readonly high: Int32Array;
  readonly share: Float64Array;
}

/** Bilinear taps with half-pixel centres; positions outside the box are clamped. */
function bilinearTaps(start: number, length: number, outSize: number): Taps {
  const taps = { low: new Int32Array(outSize), high: new Int32Array(outSize), share: new Float64Array(outSize) };
  for (let to = 0; to < outSize; to++) {
    const from = Math.max(0, ((to + 0.5) * length) / outSize - 0.5);
    const low = Math.floor(from);
    taps.low[to] = start + Math.min(low, length - 1);
    taps.high[to] = start + Math.min(low + 1, length - 1);
    taps.share[to] = from - low;
  }
  return taps;
}

/** Resamples a box of a packed image into `view` [h, w, 3], values in [0, 1]. */
function crop(image: Uint8Array, width: number, rows: Taps, columns: Taps, view: Float32Array): void {
  let to = 0;
  for (let y = 0; y < rows.low.length; y++) {
    const upper = rows.low[y] * width;
    const lower = rows.high[y] * width;
    const down = rows.share[y];
    for (let x = 0; x < columns.low.length; x++) {
      const across = columns.share[x];
      const a = 4 * (upper + columns.low[x]);
      const b = 4 * (upper + columns.high[x]);
      const c = 4 * (lower + columns.low[x]);
      const d = 4 * (lower + columns.high[x]);
      for (let channel = 0; channel < 3; channel++) {
        const top = image[a + channel] * (1 - across) + image[b + channel] * across;
        const bottom = image[c + channel] * (1 - across) + image[d + channel] * across;
        view[to++] = (top * (1 - down) + bottom * down) / 255;
      }
    }
  }
}

function greyOf(view: Float32Array, at: number): number {
  return LUMA[0] * view[at] + LUMA[1] * view[at + 1] + LUMA[2] * view[at + 2];
}

function clip(value: number): number {
  return value < 0 ? 0 : value > 1 ? 1 : value;
}

/** Converts RGB to HSV, shifts the hue by `turns` full turns, and converts back. */
function shiftHue(view: Float32Array, turns: number): void {
  for (let at = 0; at < view.length; at += 3) {
    const red = view[at];
    const green = view[at + 1];
    const blue = view[at + 2];
    const value = Math.max(red, green, blue);
    const chroma = value - Math.min(red, green, blue);
    if (chroma === 0) continue;
    let sixths: number;
    if (value === red) sixths = (green - blue) / chroma;
    else if (value === green) sixths = 2 + (blue - red) / chroma;
    else sixths = 4 + (red - green) / chroma;
    for (let channel = 0; channel < 3; channel++) {
      const k = 5 - 2 * channel + sixths + 6 * turns;
      const wrapped = k - 6 * Math.floor(k / 6);
      view[at + channel] = value - chroma * clip(Math.min(wrapped, 4 - wrapped));
    }
  }
}

function jitter(view: Float32Array, step: number, factor: number): void {
  if (step === JITTER.none) return;
  if (step === JITTER.hue) {
    shiftHue(view, factor);
    return;
  }
  // Brightness blends with black, contrast with the mean grey of the view, saturation with each pixel's own.
  let other = 0;
  if (step === JITTER.contrast) {
    for (let at = 0; at < view.length; at += 3) other += greyOf(view, at);
    other /= view.length / 3;
  }
  for (let at = 0; at < view.length; at += 3) {
    if (step === JITTER.saturation) other = greyOf(view, at);
    const added = (1 - factor) * other;
    for (let channel = 0; channel < 3; channel++) view[at + channel] = clip(factor * view[at + channel] + added);
  }
}

function turnGrey(view: Float32Array): void {
  for (let at = 0; at < view.length; at += 3) view.fill(greyOf(view, at), at, at + 3);
}

/**
 * Blurs `line.length` values of a view that lie `step` entries apart, from `start` on; borders are reflected without repeating the edge.
 */
function blurLine(view: Float32Array, start: number, step: number, weights: Float64Array, line: Float64Array): void {
  const last = line.length - 1;
  const radius = weights.length - 1;
  for (let i = 0; i <= last; i++) line[i] = view[start + i * step];
  for (let i = 0; i <= last; i++) {
    let sum = weights[0] * line[i];
    for (let r = 1; r <= radius; r++) sum += weights[r] * (line[Math.abs(i - r)] + line[last - Math.abs(last - i - r)]);
    view[start + i * step] = sum;
  }
}

function blurView(view: Float32Array, height: number, width: number, sigma: number, radius: number): void {
  const weights = Float64Array.from({ length: radius + 1 }, (_, r) => Math.exp((r * r) / (-2 * sigma * sigma)));
  const total = weights.reduce((sum, weight, r) => sum + (r === 0 ? weight : 2 * weight), 0);
  for (let r = 0; r <= radius; r++) weights[r] /= total;
  const column = new Float64Array(height);
  for (let i = 0; i < width * 3; i++) blurLine(view, i, width * 3, weights, column);
  const row = new Float64Array(width);
  for (let y = 0; y < height; y++) {
    for (let channel = 0; channel < 3; channel++) blurLine(view, y * width * 3 + channel, 3, weights, row);
  }
}

/** Writes a finished view into `out`, normalised and mirrored if `flip`. */
function finish(
  view: Float32Array,
  width: number,
  flip: boolean,
  { mean, std }: Normalisation,
  out: Float32Array,
): void {
  for (let at = 0; at < view.length; at += 3) {
    const x = (at / 3) % width;
    const to = flip ? at + 3 * (width - 1 - 2 * x) : at;
    for (let channel = 0; channel < 3; channel++)
      out[to + channel] = (view[at + channel] - mean[channel]) / std[channel];
  }
}

/**
 * Arguments and result as in `augmentBatch`; without `blur`, the blur columns are ignored. Not for GPU backends, because it reads the
 * images back synchronously.
 */
export function augmentOnCpu(
  images: tf.Tensor3D,
  params: tf.Tensor2D,
  [outHeight, outWidth]: readonly [number, number],
  normalisation: Normalisation,
  blur: boolean,
): tf.Tensor4D {
  const [count, height, width] = images.shape;
  const [views] = params.shape;
  const packed = images.dataSync<'int32'>();
  const pixels = new Uint8Array(packed.buffer, packed.byteOffset, packed.byteLength);
  const rowsOfParams = params.dataSync();
  const view = new Float32Array(outHeight * outWidth * 3);
  const out = new Float32Array(views * view.length);
  for (let v = 0; v < views; v++) {
    const row = rowsOfParams.subarray(v * AUGMENT_COLUMNS, (v + 1) * AUGMENT_COLUMNS);
    const imageBytes = height * width * 4;
    const image = pixels.subarray((v % count) * imageBytes, ((v % count) + 1) * imageBytes);
    const down = bilinearTaps(row[COLUMN.top], row[COLUMN.height], outHeight);
    const across = bilinearTaps(row[COLUMN.left], row[COLUMN.width], outWidth);
    crop(image, width, down, across, view);
    for (let slot = 0; slot < 4; slot++) jitter(view, row[COLUMN.steps + slot], row[COLUMN.factors + slot]);
    if (row[COLUMN.grayscale] > 0) turnGrey(view);
    if (blur && row[COLUMN.blurRadius] > 0) {
      blurView(view, outHeight, outWidth, row[COLUMN.sigma], row[COLUMN.blurRadius]);
    }
    finish(view, outWidth, row[COLUMN.flip] > 0, normalisation, out.subarray(v * view.length, (v + 1) * view.length));
  }
  return tf.tensor4d(out, [views, outHeight, outWidth, 3]);
}
