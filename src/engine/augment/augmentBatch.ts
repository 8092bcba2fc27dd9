import * as tf from '@tensorflow/tfjs';
import { augment } from '../kernels/augment/augment';
import type { Normalisation } from '../kernels/augment/normalisation';
import { AUGMENT_COLUMNS, type AugmentSwitches } from '../kernels/augment/params';
import { type DevicePictures, picturesOfOneShape } from '../kernels/augment/pictures';

export interface AugmentOptions extends Pick<AugmentSwitches, 'blur'>, Partial<Pick<AugmentSwitches, 'antialias'>> {
  readonly normalisation: Normalisation;
  /** Height and width of the views; the largest of the pictures by default. */
  readonly size?: readonly [height: number, width: number];
}

/**
 * Makes augmented views of a batch, in the order of the official code: crop and bilinear resize (half-pixel centres), colour jitter (clipped
 * to [0, 1] after each step), greyscale, Gaussian blur, flip, normalisation. Equals torchvision's results on float images up to rounding.
 * @param pictures of any shapes, or packed int32 [B, H, W]
 * @param params [V, AUGMENT_COLUMNS], V a multiple of B: view v is made of picture v mod B, so that V = 2B gives x1 and then x2
 * @returns float32 [V, height, width, 3]; no gradient flows through it
 * @throws Error when the shapes do not fit together
 */
export function augmentBatch(
  pictures: DevicePictures | tf.Tensor3D,
  params: tf.Tensor2D,
  options: AugmentOptions,
): tf.Tensor4D {
  return tf.tidy(() => {
    const given = pictures instanceof tf.Tensor ? picturesOfOneShape(pictures) : pictures;
    const [count] = given.places.shape;
    const [views, columns] = params.shape;
    if (columns !== AUGMENT_COLUMNS || views === 0 || views % count !== 0) {
      throw new Error(
        `augmentBatch: params [${params.shape}] for ${count} images; wanted [a multiple of ${count}, ${AUGMENT_COLUMNS}]`,
      );
    }
    const { normalisation, blur, antialias = false, size = [given.height, given.width] } = options;
    return augment(given, params, size, normalisation, { blur, antialias });
  });
}
