import { indicesOf, TRAIN } from '../../domain/imageDataset';
import type { Normalisation } from '../kernels/augment/normalisation';
import { pixelsOf, type TrainingImages, withPixels } from './pictureCache';

/** Number of images from which mean and std are computed: enough for two decimals, and faster than reading all of a large set. */
const STATISTICS_IMAGES = 2000;
/** Images decoded at once where they are kept compressed. */
const CHUNK = 256;

/** Cached for as long as the data set exists, because every preview and every run needs them. */
const known = new WeakMap<TrainingImages, Normalisation>();

/** Sums over pixel values in [0, 1], by channel. */
class ChannelSums {
  readonly #sum = [0, 0, 0];
  readonly #squares = [0, 0, 0];
  #count = 0;

  add(pixels: Uint8Array): void {
    const sum = this.#sum;
    const squares = this.#squares;
    for (let i = 0; i < pixels.length; i += 4) {
      for (let c = 0; c < 3; c++) {
        const value = pixels[i + c] / 255;
        sum[c] += value;
        squares[c] += value * value;
      }
    }
    this.#count += pixels.length / 4;
  }

  get normalisation(): Normalisation {
    const mean = this.#sum.map((s) => s / this.#count);
    // The lower bound avoids a division by zero for images of one flat colour.
    const std = this.#squares.map((s, c) => Math.max(0.02, Math.sqrt(Math.max(0, s / this.#count - mean[c] ** 2))));
    return { mean: mean as [number, number, number], std: std as [number, number, number] };
  }
}

function sampleOf(images: TrainingImages): Uint32Array {
  const train = indicesOf(images, TRAIN);
  const stride = Math.max(1, Math.floor(train.length / STATISTICS_IMAGES));
  return train.filter((_, n) => n % stride === 0);
}

/** Per-channel mean and std of the training images' pixel values in [0, 1]; of compressed images, those that `measureChannels` has measured. */
export function channelStatistics(images: TrainingImages): Normalisation {
  const before = known.get(images);
  if (before !== undefined) return before;
  const sums = new ChannelSums();
  for (const image of sampleOf(images)) sums.add(pixelsOf(images, image));
  known.set(images, sums.normalisation);
  return sums.normalisation;
}

/** Measures what `channelStatistics` returns, where the images are kept compressed. */
export async function measureChannels(images: TrainingImages): Promise<void> {
  if (!('reader' in images) || known.has(images)) return;
  const sums = new ChannelSums();
  const sample = sampleOf(images);
  for (let start = 0; start < sample.length; start += CHUNK) {
    const part = sample.subarray(start, start + CHUNK);
    await withPixels(images, part, () => {
      for (const image of part) sums.add(pixelsOf(images, image));
    });
  }
  known.set(images, sums.normalisation);
}
