import * as tf from '@tensorflow/tfjs';
import type { PictureStorage } from '../../domain/imageDataset';
import type { AugmentConfig } from '../../domain/runConfig';
import { viewsToRgba } from '../augment/viewsToRgba';
import { seededRandom } from '../random';
import { ImageSource } from './imageSource';
import { type TrainingImages, withPixels } from './pictureCache';

/**
 * Two augmented views of some images as RGBA bytes, each `indices.length * size * size * 4`, made without a run to show the augmentations.
 */
export async function previewViews(
  dataset: TrainingImages,
  storage: PictureStorage,
  augment: AugmentConfig,
  seed: number,
  indices: readonly number[],
): Promise<{ size: number; x1: Uint8ClampedArray<ArrayBuffer>; x2: Uint8ClampedArray<ArrayBuffer> }> {
  const source = new ImageSource(dataset, storage);
  await source.prepare();
  const [x1, x2] = await withPixels(dataset, indices, () =>
    source.views(Uint32Array.from(indices), augment, seededRandom(seed, 'preview')),
  );
  try {
    const { normalisation, side: size } = source;
    return { size, x1: await viewsToRgba(x1, normalisation), x2: await viewsToRgba(x2, normalisation) };
  } finally {
    tf.dispose([x1, x2]);
  }
}
