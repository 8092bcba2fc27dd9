import * as tf from '@tensorflow/tfjs';
import { type ImageDataset, squarePlaces, TRAIN } from '../../domain/imageDataset';
import type { RunConfig } from '../../domain/runConfig';
import { viewsToRgba } from '../augment/viewsToRgba';
import { seededRandom } from '../random';
import { ImageSource } from './imageSource';
import { type TrainingImages, withPixels } from './pictureCache';

/** Views made at once, in pixels of a view: some 10 ms on the processor. */
const BLOCK_PIXELS = 2 ** 16;

/** Two views of the same images as data sets, made once for all candidates: views that are easier to find would flatter weak crops. */
export interface ViewPair {
  readonly a: ImageDataset;
  readonly b: ImageDataset;
}

/**
 * Views of some images by the augmentation of a run.
 * @param indices of the images in the data set
 * @param between awaited between two parts; may throw to stop
 */
export async function viewPair(
  images: TrainingImages,
  config: RunConfig,
  indices: Uint32Array,
  between: () => Promise<void>,
): Promise<ViewPair> {
  const source = new ImageSource(images, config);
  await source.prepare();
  const { side, normalisation } = source;
  const bytes = 4 * side * side;
  const pixels = [new Uint8Array(indices.length * bytes), new Uint8Array(indices.length * bytes)] as const;
  const block = Math.max(1, Math.floor(BLOCK_PIXELS / side ** 2));
  for (let start = 0; start < indices.length; start += block) {
    const part = indices.subarray(start, start + block);
    const views = await withPixels(images, part, () =>
      source.views(part, config.augment, seededRandom(config.seed, 'suit', 'views', start)),
    );
    try {
      for (const view of [0, 1] as const)
        pixels[view].set(await viewsToRgba(views[view], normalisation), start * bytes);
    } finally {
      tf.dispose(views);
    }
    await between();
  }
  return { a: asImages(pixels[0], indices, side), b: asImages(pixels[1], indices, side) };
}

function asImages(pixels: Uint8Array<ArrayBuffer>, indices: Uint32Array, side: number): ImageDataset {
  const count = indices.length;
  return {
    name: 'views',
    source: { kind: 'folder', name: 'views', count, fingerprint: '' },
    size: side,
    count,
    names: Array.from(indices, String),
    labels: null,
    classNames: [],
    split: new Uint8Array(count).fill(TRAIN),
    pixels,
    ...squarePlaces(count, side),
    facts: null,
  };
}
