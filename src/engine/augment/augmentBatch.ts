import * as tf from '@tensorflow/tfjs';
import { augment } from '../kernels/augment/augment';
import type { Normalisation } from '../kernels/augment/normalisation';
import { AUGMENT_COLUMNS } from '../kernels/augment/params';

export interface AugmentOptions {
  readonly normalisation: Normalisation;
  /** Whether any view may be blurred. If false, the blur passes are skipped and the blur columns are ignored. */
  readonly blur: boolean;
  /** Height and width of the views; those of the images by default. */
  readonly size?: readonly [height: number, width: number];
}

/**
 * Makes augmented views of a batch, in the order of the official code: crop and bilinear resize (half-pixel centres, no antialiasing),
 * colour jitter (clipped to [0, 1] after each step), greyscale, Gaussian blur, flip, normalisation. Equals torchvision's results on float
 * images up to rounding.
 * @param images packed int32 [B, H, W], as `packPixels` makes them
 * @param params [V, AUGMENT_COLUMNS], V a multiple of B: view v is made of image v mod B, so that V = 2B gives x1 and then x2
 * @returns float32 [V, height, width, 3]; no gradient flows through it
 * @throws Error when the shapes do not fit together
 */
export function augmentBatch(images: tf.Tensor3D, params: tf.Tensor2D, options: AugmentOptions): tf.Tensor4D {
  const [count, height, width] = images.shape;
  const [views, columns] = params.shape;
  if (columns !== AUGMENT_COLUMNS || views === 0 || views % count !== 0) {
    throw new Error(
      `augmentBatch: params [${params.shape}] for ${count} images; wanted [a multiple of ${count}, ${AUGMENT_COLUMNS}]`,
    );
  }
  const { normalisation, blur, size = [height, width] } = options;
  return tf.tidy(() => augment(images, params, size, normalisation, blur));
}
