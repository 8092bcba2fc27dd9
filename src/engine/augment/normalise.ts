import * as tf from '@tensorflow/tfjs';
import type { Normalisation } from '../kernels/augment/normalisation';
import { AUGMENT_COLUMNS, unchangedParams } from '../kernels/augment/params';
import { augmentBatch } from './augmentBatch';

/**
 * Unpacks and normalises images without augmenting them, for measuring.
 * @param images int32 [B, H, W], as `packPixels` makes them
 * @returns float32 [B, H, W, 3], (value / 255 - mean) / std per channel
 */
export function toFloatImages(images: tf.Tensor3D, normalisation: Normalisation): tf.Tensor4D {
  const [count, height, width] = images.shape;
  return tf.tidy(() => {
    const params = tf.tensor2d(unchangedParams(count, height, width), [count, AUGMENT_COLUMNS]);
    return augmentBatch(images, params, { normalisation, blur: false });
  });
}
