import type * as tf from '@tensorflow/tfjs';
import type { Normalisation } from '../kernels/augment/normalisation';

/**
 * Reads views back as pixels to show, undoing their normalisation.
 * @param views float32 [V, H, W, 3]; not disposed
 * @returns V images of H x W, uint8 RGBA, alpha 255
 */
export async function viewsToRgba(
  views: tf.Tensor4D,
  { mean, std }: Normalisation,
): Promise<Uint8ClampedArray<ArrayBuffer>> {
  const values = await views.data();
  const rgba = new Uint8ClampedArray((values.length / 3) * 4);
  for (let from = 0, to = 0; from < values.length; from += 3, to += 4) {
    for (let c = 0; c < 3; c++) rgba[to + c] = (values[from + c] * std[c] + mean[c]) * 255;
    rgba[to + 3] = 255;
  }
  return rgba;
}
