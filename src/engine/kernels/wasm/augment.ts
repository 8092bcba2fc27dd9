import type * as tf from '@tensorflow/tfjs';
import type { Normalisation } from '../augment/normalisation';
import type { AugmentSwitches } from '../augment/params';
import type { DevicePictures } from '../augment/pictures';
import { wasmBackend } from '../runtime/wasm/backend';
import { newTensor, runKernel, withConstant } from '../runtime/wasm/run';
import { augmentViews, normalisationNumbers } from '../wasmgen/augment/views';

/** Arguments and result as in `augmentBatch`, by a generated kernel. */
export function augmentOnWasm(
  { pixels, places, height, width }: DevicePictures,
  params: tf.Tensor2D,
  [outHeight, outWidth]: readonly [number, number],
  normalisation: Normalisation,
  switches: AugmentSwitches,
): tf.Tensor4D {
  const [views] = params.shape;
  const made = newTensor<tf.Tensor4D>([views, outHeight, outWidth, 3]);
  const shape = { images: places.shape[0], inHeight: height, inWidth: width, views, outHeight, outWidth };
  const kernel = augmentViews(shape, switches, wasmBackend().variant);
  withConstant(normalisationNumbers(normalisation), (numbers) =>
    runKernel(kernel, { pixels, places, params, normalisation: numbers, views: made }),
  );
  return made;
}
