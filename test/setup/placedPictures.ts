import type { PicturePlaces } from '../../src/domain/imageDataset';

/** Pictures in one array of bytes, as `packPictures` reads them. */
export function placedPictures(pixels: Uint8Array, places: PicturePlaces) {
  const { offsets, widths, heights } = places;
  const pixelsOf = (i: number) => pixels.subarray(offsets[i], offsets[i] + 4 * widths[i] * heights[i]);
  return { widths, heights, pixelsOf };
}
