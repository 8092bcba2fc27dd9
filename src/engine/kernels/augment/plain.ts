import * as tf from '@tensorflow/tfjs';
import type { Normalisation } from './normalisation';
import { type AugmentSwitches, COLUMN, JITTER } from './params';
import type { DevicePictures } from './pictures';

/**
 * The augmentations in plain tfjs ops, for backends other than WebGPU and WASM, and as the reference in tests. Crop, resize and flip
 * together are one linear map of the rows and one of the columns, and so is the blur: each is a pair of batched matrix products.
 */

/** ITU-R 601 luma, with torchvision's digits. */
export const LUMA = [0.2989, 0.587, 0.114] as const;

/** Packed pixels to [B, H, W, 3] in [0, 1]; by arithmetic, since not every backend has bitwise ops. */
function unpack(images: tf.Tensor3D): tf.Tensor4D {
  // Alpha is 255, so the int32 is R + 256 G + 65536 B - 2^24: exact as a float, as are the products with powers of two.
  const rgb = images.toFloat().add(2 ** 24);
  const blue = rgb.mul(2 ** -16).floor();
  const redGreen = rgb.sub(blue.mul(2 ** 16));
  const green = redGreen.mul(2 ** -8).floor();
  const red = redGreen.sub(green.mul(2 ** 8));
  return tf.stack([red, green, blue], -1).div(255) as tf.Tensor4D;
}

/** `rows[v] x[v] columns[v]^T` for each view and channel: [V, h, H], [V, H, W, 3], [V, w, W] -> [V, h, w, 3]. */
function mapRowsAndColumns(x: tf.Tensor4D, rows: tf.Tensor, columns: tf.Tensor): tf.Tensor4D {
  const [views, height, width, channels] = x.shape;
  const [outHeight, outWidth] = [rows.shape[1] ?? 0, columns.shape[1] ?? 0];
  const byRows = tf
    .matMul(rows, x.reshape([views, height, width * channels]))
    .reshape([views, outHeight, width, channels])
    .transpose([0, 2, 1, 3])
    .reshape([views, width, outHeight * channels]);
  return tf
    .matMul(columns, byRows)
    .reshape([views, outWidth, outHeight, channels])
    .transpose([0, 2, 1, 3]) as tf.Tensor4D;
}

/** The pixels of a view's line [V, outSize, 1], mirrored where `flip` is 1. */
function targetPixels(flip: tf.Tensor, outSize: number): tf.Tensor {
  const place = tf.range(0, outSize).reshape([1, outSize, 1]);
  return place.add(flip.mul(tf.sub(outSize - 1, place.mul(2))));
}

/**
 * Weights [V, outSize, inSize] of bilinear interpolation with half-pixel centres, `src = (dst + 0.5) length / outSize - 0.5`, inside the
 * pixels `start` to `start + length - 1`: positions outside are clamped. `start`, `length` and `flip` are [V, 1, 1].
 */
function bilinearWeights(
  start: tf.Tensor,
  length: tf.Tensor,
  flip: tf.Tensor,
  inSize: number,
  outSize: number,
): tf.Tensor {
  const dst = targetPixels(flip, outSize);
  // In units of 1 / (2 outSize) pixel all of these are whole numbers, and exact.
  const unit = 2 * outSize;
  const src = tf.minimum(dst.mul(2).add(1).mul(length).sub(outSize).maximum(0), length.sub(1).mul(unit));
  const pixels = tf.range(0, inSize).mul(unit).reshape([1, 1, inSize]);
  const distance = src.add(start.mul(unit)).sub(pixels).abs();
  return tf.relu(tf.sub(1, distance.div(unit)));
}

/**
 * As `bilinearWeights`; lines that are longer than the view are averaged with a triangle as wide as two pixels of the view, which at the
 * ends of the line is cut off (the `antialias=True` of torch's `interpolate`).
 */
function averagingWeights(
  start: tf.Tensor,
  length: tf.Tensor,
  flip: tf.Tensor,
  inSize: number,
  outSize: number,
): tf.Tensor {
  const pixels = tf.range(0, inSize).reshape([1, 1, inSize]).sub(start);
  // In units of 1 / (2 outSize) pixel all of these are whole numbers, and exact.
  const centres = targetPixels(flip, outSize).mul(2).add(1).mul(length);
  const distance = pixels.mul(2).add(1).mul(outSize).sub(centres).abs();
  const inside = tf.logicalAnd(pixels.greaterEqual(0), pixels.less(length)).toFloat();
  const triangle = tf.relu(length.mul(2).sub(distance)).mul(inside);
  // Of a shorter line, all weights may be 0 here; they are not used.
  const averaging = triangle.div(triangle.sum(2, true).maximum(1));
  return tf.where(length.greater(outSize), averaging, bilinearWeights(start, length, flip, inSize, outSize));
}

/**
 * Weights [V, size, size] of a Gaussian of `sigma` cut off after `radius` taps a side and normalised, at borders reflected without
 * repeating the edge pixel. `sigma` and `radius` are [V, 1, 1].
 */
function gaussianWeights(sigma: tf.Tensor, radius: tf.Tensor, size: number): tf.Tensor {
  const weight = (distance: tf.Tensor) =>
    distance
      .square()
      .div(sigma.square().mul(-2))
      .exp()
      .mul(distance.lessEqual(radius.add(0.5)).toFloat());
  const to = tf.range(0, size).reshape([1, size, 1]);
  const from = tf.range(0, size).reshape([1, 1, size]);
  const last = size - 1;
  // A source pixel contributes at its own place and at its reflection in each border. A border pixel is its own reflection and counts once.
  const direct = weight(to.sub(from).abs());
  const beforeFirst = weight(to.add(from)).mul(from.greater(0).toFloat());
  const afterLast = weight(tf.sub(2 * last, to.add(from))).mul(from.less(last).toFloat());
  const weights = direct.add(beforeFirst).add(afterLast);
  return weights.div(weights.sum(2, true));
}

function grey(x: tf.Tensor4D): tf.Tensor4D {
  return x.mul(tf.tensor1d([...LUMA])).sum(-1, true);
}

/** Converts RGB to HSV, shifts the hue by `turns` [V, 1, 1, 1], and converts back. */
function shiftHue(x: tf.Tensor4D, turns: tf.Tensor): tf.Tensor4D {
  const [red, green, blue] = tf.split(x, 3, -1);
  const value = x.max(-1, true);
  const chroma = value.sub(x.min(-1, true));
  // Grey has no hue: any value works, since it is multiplied by chroma 0 below.
  const divisor = chroma.add(chroma.equal(0).toFloat());
  const sixths = tf.where(
    value.equal(red),
    green.sub(blue).div(divisor),
    tf.where(value.equal(green), blue.sub(red).div(divisor).add(2), red.sub(green).div(divisor).add(4)),
  );
  const k = sixths.add(turns.mul(6)).add(tf.tensor1d([5, 3, 1]));
  const wrapped = k.sub(k.div(6).floor().mul(6));
  return value.sub(chroma.mul(tf.minimum(wrapped, tf.sub(4, wrapped)).clipByValue(0, 1))) as tf.Tensor4D;
}

/** One of the four steps of the jitter; each view's code in `step` says which. `step` and `factor` are [V, 1, 1, 1]. */
function jitterStep(x: tf.Tensor4D, step: tf.Tensor, factor: tf.Tensor): tf.Tensor4D {
  const greyed = grey(x);
  const isContrast = step.equal(JITTER.contrast).toFloat();
  const isSaturation = step.equal(JITTER.saturation).toFloat();
  // Brightness blends with black.
  const other = greyed.mean([1, 2], true).mul(isContrast).add(greyed.mul(isSaturation));
  const blended = x
    .mul(factor)
    .add(other.mul(tf.sub(1, factor)))
    .clipByValue(0, 1);
  const changed = tf.where(step.equal(JITTER.hue), shiftHue(x, factor), blended);
  return tf.where(step.equal(JITTER.none), x, changed) as tf.Tensor4D;
}

/**
 * Arguments and result as in `augmentBatch`; without `blur`, the blur columns are ignored. Intermediates are freed by the caller's
 * `tf.tidy`.
 * @throws Error when the pictures are not in equal parts of one tensor
 */
export function plainAugment(
  { pixels }: DevicePictures,
  params: tf.Tensor2D,
  [outHeight, outWidth]: readonly [number, number],
  { mean, std }: Normalisation,
  { blur, antialias }: AugmentSwitches,
): tf.Tensor4D {
  if (pixels.rank !== 3) throw new Error(`plainAugment: pixels [${pixels.shape}]; wanted [pictures, height, width]`);
  const images = pixels as tf.Tensor3D;
  const [count, height, width] = images.shape;
  const views = params.shape[0];
  const column = (index: number) => params.slice([0, index], [views, 1]).reshape([views, 1, 1]);
  const column4d = (index: number) => column(index).reshape([views, 1, 1, 1]);

  const weights = antialias ? averagingWeights : bilinearWeights;
  const rows = weights(column(COLUMN.top), column(COLUMN.height), tf.scalar(0), height, outHeight);
  const columns = weights(column(COLUMN.left), column(COLUMN.width), column(COLUMN.flip), width, outWidth);
  let x = mapRowsAndColumns(tf.tile(unpack(images), [views / count, 1, 1, 1]), rows, columns);
  for (let slot = 0; slot < 4; slot++) {
    x = jitterStep(x, column4d(COLUMN.steps + slot), column4d(COLUMN.factors + slot));
  }
  x = tf.where(column4d(COLUMN.grayscale).greater(0), grey(x), x) as tf.Tensor4D;
  if (blur) {
    const sigma = column(COLUMN.sigma);
    const radius = column(COLUMN.blurRadius);
    x = mapRowsAndColumns(x, gaussianWeights(sigma, radius, outHeight), gaussianWeights(sigma, radius, outWidth));
  }
  return x.sub(tf.tensor1d([...mean])).div(tf.tensor1d([...std])) as tf.Tensor4D;
}
