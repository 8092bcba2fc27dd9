import type * as tf from '@tensorflow/tfjs';
import type { Normalisation } from '../augment/normalisation';
import { wasmBackend } from '../runtime/wasm/backend';
import { newTensor, runKernel, withConstant } from '../runtime/wasm/run';
import { augmentViews, normalisationNumbers } from '../wasmgen/augment/views';

/** Arguments and result as in `augmentBatch`, by a generated kernel. */
export function augmentOnWasm(
  pixels: tf.Tensor3D,
  params: tf.Tensor2D,
  [outHeight, outWidth]: readonly [number, number],
  normalisation: Normalisation,
  blur: boolean,
): tf.Tensor4D {
  const [images, inHeight, inWidth] = pixels.shape;
  const [views] = params.shape;
  const made = newTensor<tf.Tensor4D>([views, outHeight, outWidth, 3]);
  const shape = { images, inHeight, inWidth, views, outHeight, outWidth };
  const kernel = augmentViews(shape, blur, wasmBackend().variant);
  withConstant(normalisationNumbers(normalisation), (numbers) =>
    runKernel(kernel, { pixels, params, normalisation: numbers, views: made }),
  );
  return made;
}
