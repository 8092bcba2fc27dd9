import * as tf from '@tensorflow/tfjs';
import { type ImageDataset, indicesOf, TRAIN } from '../spec/imageDataset';
import type { AugmentConfig } from '../spec/runConfig';
import { augmentBatch } from './augment/augmentBatch';
import { AUGMENT_COLUMNS, type AugmentParams } from './augment/augmentParams';
import { drawAugmentParams } from './augment/drawAugment';
import type { Normalisation } from './augment/normalisation';
import { toFloatImages } from './augment/normalise';
import { packPixels } from './augment/packPixels';
import type { Random } from './random';

/** Enough images for two decimals; reading all of a large set would only take time. */
const STATISTICS_IMAGES = 2000;

/** Kept while the data set is: previews and runs ask for them again and again. */
const knownStatistics = new WeakMap<ImageDataset, Normalisation>();

function channelStatistics(dataset: ImageDataset): Normalisation {
  const known = knownStatistics.get(dataset) ?? computeChannelStatistics(dataset);
  knownStatistics.set(dataset, known);
  return known;
}

/** Per-channel mean and std of the training images' pixel values in [0, 1]. */
function computeChannelStatistics(dataset: ImageDataset): Normalisation {
  const train = indicesOf(dataset, TRAIN);
  const stride = Math.max(1, Math.floor(train.length / STATISTICS_IMAGES));
  const bytesPerImage = dataset.size * dataset.size * 4;
  const sum = [0, 0, 0];
  const squares = [0, 0, 0];
  let pixels = 0;
  for (let n = 0; n < train.length; n += stride) {
    const start = train[n] * bytesPerImage;
    for (let i = start; i < start + bytesPerImage; i += 4) {
      for (let c = 0; c < 3; c++) {
        const value = dataset.pixels[i + c] / 255;
        sum[c] += value;
        squares[c] += value * value;
      }
    }
    pixels += bytesPerImage / 4;
  }
  const mean = sum.map((s) => s / pixels);
  // A set of one flat colour must not divide by zero.
  const std = squares.map((s, c) => Math.max(0.02, Math.sqrt(Math.max(0, s / pixels - mean[c] ** 2))));
  return { mean: mean as [number, number, number], std: std as [number, number, number] };
}

/** What the host decides about the views of a batch. */
export interface Drawn {
  readonly pixels: Int32Array<ArrayBuffer>;
  readonly params: AugmentParams;
}

/** A data set's images as the network sees them: normalised by the training images' own mean and std, on the device. */
export class ImageSource {
  readonly normalisation: Normalisation;
  readonly dataset: ImageDataset;

  constructor(dataset: ImageDataset) {
    this.dataset = dataset;
    this.normalisation = channelStatistics(dataset);
  }

  #packed(indices: ArrayLike<number>): tf.Tensor3D {
    const { pixels, size } = this.dataset;
    return tf.tensor3d(packPixels(pixels, size, indices), [indices.length, size, size], 'int32');
  }

  /** Images as they are [N, H, W, 3]. */
  plain(indices: ArrayLike<number>): tf.Tensor4D {
    return tf.tidy(() => toFloatImages(this.#packed(indices), this.normalisation));
  }

  /** Packed pixels of a batch [N, H, W], and what happens to its two views [2N, AUGMENT_COLUMNS], first all of x1, then x2. */
  draw(indices: ArrayLike<number>, augment: AugmentConfig, random: Random): Drawn {
    const { pixels, size } = this.dataset;
    return {
      pixels: packPixels(pixels, size, indices),
      params: drawAugmentParams(augment, 2 * indices.length, size, random),
    };
  }

  /** Two views of each image from what was drawn for them, made on the device: x1, x2 [N, H, W, 3]. */
  augment(pixels: tf.Tensor3D, params: tf.Tensor2D, augment: AugmentConfig): [x1: tf.Tensor4D, x2: tf.Tensor4D] {
    return tf.tidy(() => {
      const { normalisation } = this;
      const both = augmentBatch(pixels, params, { normalisation, blur: augment.blur.enabled });
      return tf.split(both, 2, 0) as [tf.Tensor4D, tf.Tensor4D];
    });
  }

  /** Both in one: two views of each image. */
  views(indices: ArrayLike<number>, augment: AugmentConfig, random: Random): [x1: tf.Tensor4D, x2: tf.Tensor4D] {
    const { size } = this.dataset;
    const { pixels, params } = this.draw(indices, augment, random);
    return tf.tidy(() =>
      this.augment(
        tf.tensor3d(pixels, [indices.length, size, size], 'int32'),
        tf.tensor2d(params, [2 * indices.length, AUGMENT_COLUMNS]),
        augment,
      ),
    );
  }
}
