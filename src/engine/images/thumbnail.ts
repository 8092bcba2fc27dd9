import type { Picture } from '../../domain/measurement';
import { pixelsOf, type TrainingImages } from './pictureCache';

/** A thumbnail's short side is less than twice this. */
const SHORT_SIDE = 64;

/**
 * A picture of the data set to be shown: the whole picture, scaled down by a whole factor where it is large. Call it within `withPixels`.
 */
export function thumbnailOf(images: TrainingImages, index: number): Picture {
  const { widths, heights } = images;
  const pixels = pixelsOf(images, index);
  const factor = Math.max(1, Math.floor(Math.min(widths[index], heights[index]) / SHORT_SIDE));
  const width = Math.floor(widths[index] / factor);
  const height = Math.floor(heights[index] / factor);
  const out = new Uint8ClampedArray(width * height * 4);
  for (let y = 0, to = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      for (let channel = 0; channel < 4; channel++, to++) {
        let sum = 0;
        for (let row = y * factor; row < (y + 1) * factor; row++) {
          const from = 4 * (row * widths[index] + x * factor) + channel;
          for (let i = 0; i < factor; i++) sum += pixels[from + 4 * i];
        }
        out[to] = sum / (factor * factor);
      }
    }
  }
  return { width, height, pixels: out };
}
