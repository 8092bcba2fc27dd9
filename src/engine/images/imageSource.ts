import * as tf from '@tensorflow/tfjs';
import { type ImageDataset, indicesOf, TRAIN } from '../../domain/imageDataset';
import type { AugmentConfig } from '../../domain/runConfig';
import { augmentBatch } from '../augment/augmentBatch';
import { drawAugmentParams } from '../augment/drawAugment';
import { toFloatImages } from '../augment/normalise';
import { packPixels } from '../augment/packPixels';
import type { Normalisation } from '../kernels/augment/normalisation';
import { AUGMENT_COLUMNS } from '../kernels/augment/params';
import type { Random } from '../random';

/** Number of images from which mean and std are computed: enough for two decimals, and faster than reading all of a large set. */
const STATISTICS_IMAGES = 2000;

/** Cached for as long as the data set exists, because every preview and every run needs them. */
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
  // The lower bound avoids a division by zero for images of one flat colour.
  const std = squares.map((s, c) => Math.max(0.02, Math.sqrt(Math.max(0, s / pixels - mean[c] ** 2))));
  return { mean: mean as [number, number, number], std: std as [number, number, number] };
}

/** The images of a data set on the device, normalised by mean and std of its training images. */
export class ImageSource {
  readonly normalisation: Normalisation;
  readonly dataset: ImageDataset;

  constructor(dataset: ImageDataset) {
    this.dataset = dataset;
    this.normalisation = channelStatistics(dataset);
  }

  /** Packed pixels of these images [N, H, W], as `augment` takes them. */
  pack(indices: ArrayLike<number>): Int32Array<ArrayBuffer> {
    return packPixels(this.dataset.pixels, this.dataset.size, indices);
  }

  #packed(indices: ArrayLike<number>): tf.Tensor3D {
    const { size } = this.dataset;
    return tf.tensor3d(this.pack(indices), [indices.length, size, size], 'int32');
  }

  /** Normalised images without augmentation [N, H, W, 3]. */
  plain(indices: ArrayLike<number>): tf.Tensor4D {
    return tf.tidy(() => toFloatImages(this.#packed(indices), this.normalisation));
  }

  /**
   * Views of packed images [N, H, W], made on the device.
   * @param params rows [V N, AUGMENT_COLUMNS], first those of view 1 of all images, then of view 2, and so on
   * @param side of the views in pixels; that of the images by default
   * @returns V views [N, side, side, 3]
   */
  augment(pixels: tf.Tensor3D, params: tf.Tensor2D, augment: AugmentConfig, side?: number): tf.Tensor4D[] {
    return tf.tidy(() => {
      const { normalisation } = this;
      const options = { normalisation, blur: augment.blur.enabled };
      const all = augmentBatch(pixels, params, side === undefined ? options : { ...options, size: [side, side] });
      return tf.split(all, params.shape[0] / pixels.shape[0], 0) as tf.Tensor4D[];
    });
  }

  /** Two views of each image, augmented on the device: x1, x2 [N, H, W, 3]. */
  views(indices: ArrayLike<number>, augment: AugmentConfig, random: Random): [x1: tf.Tensor4D, x2: tf.Tensor4D] {
    const count = 2 * indices.length;
    const params = drawAugmentParams(augment, count, this.dataset.size, random);
    return tf.tidy(() => {
      const drawn = tf.tensor2d(params, [count, AUGMENT_COLUMNS]);
      return this.augment(this.#packed(indices), drawn, augment) as [tf.Tensor4D, tf.Tensor4D];
    });
  }
}
