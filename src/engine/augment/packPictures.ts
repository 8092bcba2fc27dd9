import type { KeptShapes } from '../../domain/imageDataset';
import { PLACE_COLUMNS } from '../kernels/augment/params';
import type { PictureShapes } from './drawAugment';

/** A batch of pictures in the host's memory, as `augmentBatch` takes them on the device (`DevicePictures`). */
export interface PackedPictures extends PictureShapes {
  /** One int32 per pixel, whose bytes are R, G, B, A in memory order. */
  readonly pixels: Int32Array<ArrayBuffer>;
  /** [pictures, PLACE_COLUMNS]. */
  readonly places: Int32Array<ArrayBuffer>;
}

/** The pictures of a data set. */
interface ReadablePictures extends KeptShapes {
  /** RGBA of one of them. */
  pixelsOf(index: number): Uint8Array;
}

/**
 * Copies pictures of a data set into a batch.
 * @param indices which pictures, in the order of the batch
 * @param slot the height and width of the part that each picture gets, whose upper left corner it fills; null lays them one after the other
 * @throws RangeError when an index is outside the data set, or a picture does not fit its part
 */
export function packPictures(
  pictures: ReadablePictures,
  indices: ArrayLike<number>,
  slot: readonly [height: number, width: number] | null = null,
): PackedPictures {
  const { widths, heights } = pictures;
  const count = indices.length;
  const shapes = { heights: new Uint16Array(count), widths: new Uint16Array(count) };
  const places = new Int32Array(count * PLACE_COLUMNS);
  let total = 0;
  for (let i = 0; i < count; i++) {
    const index = indices[i];
    if (!(index >= 0 && index < widths.length)) {
      throw new RangeError(`packPictures: no picture ${index} among ${widths.length}`);
    }
    const [height, width] = [heights[index], widths[index]];
    const [slotHeight, slotWidth] = slot ?? [height, width];
    if (height > slotHeight || width > slotWidth) {
      throw new RangeError(`packPictures: ${height} x ${width} pixels in a part of ${slotHeight} x ${slotWidth}`);
    }
    shapes.heights[i] = height;
    shapes.widths[i] = width;
    places[i * PLACE_COLUMNS] = total;
    places[i * PLACE_COLUMNS + 1] = slotWidth;
    total += slotHeight * slotWidth;
  }
  // Copied as bytes, because the pixels of a data set may start at any offset of their buffer.
  const batch = new Uint8Array(4 * total);
  for (let i = 0; i < count; i++) {
    const own = pictures.pixelsOf(indices[i]);
    const to = 4 * places[i * PLACE_COLUMNS];
    const rowBytes = 4 * shapes.widths[i];
    const pitch = 4 * places[i * PLACE_COLUMNS + 1];
    if (pitch === rowBytes) {
      batch.set(own, to);
      continue;
    }
    for (let y = 0; y < shapes.heights[i]; y++) {
      batch.set(own.subarray(y * rowBytes, (y + 1) * rowBytes), to + y * pitch);
    }
  }
  return { pixels: new Int32Array(batch.buffer), places, ...shapes };
}
