import type * as tf from '@tensorflow/tfjs';
import type { Normalisation } from '../augment/normalisation';
import { wasmBackend } from '../runtime/wasm/backend';
import { newTensor, runKernel } from '../runtime/wasm/run';
import { augmentViews } from '../wasmgen/augment/views';

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
  runKernel(augmentViews(shape, normalisation, blur, wasmBackend().variant), { pixels, params, views: made });
  return made;
}
