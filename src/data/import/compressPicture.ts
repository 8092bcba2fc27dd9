import type { DecodedPicture } from './pictureCollection';
import { type Comparable, comparable } from './pictureGroups';

/** A picture without its pixels: how it is kept, and what equal and similar ones are found by. */
export interface CompressedPicture extends Comparable {
  /** Its pixels by `packPixels`; null where its file is decoded again instead. */
  readonly packed: Uint8Array<ArrayBuffer> | null;
}

/** Files up to this size are decoded again: a lossless copy of their pixels would rarely be smaller. */
const FILE_BYTES = 2 ** 16;
/** So are only pictures that were not scaled down by more than this factor in pixels: decoding larger ones takes longer than unpacking. */
const FILE_SCALE = 4;

/**
 * The picture as it is kept where not all fit in memory.
 * @param fileBytes the size of its file
 */
export async function compressPicture(picture: DecodedPicture, fileBytes: number): Promise<CompressedPicture> {
  const { pixels, width, height, originalWidth, originalHeight } = picture;
  const isQuick = fileBytes <= FILE_BYTES && originalWidth * originalHeight <= FILE_SCALE * width * height;
  return { ...comparable(pixels, width, height), packed: isQuick ? null : await packPixels(pixels, width, height) };
}

async function through(bytes: Uint8Array<ArrayBuffer>, stream: CompressionStream | DecompressionStream) {
  // Streams of bytes in the browser and under Node have types that do not match.
  const out = new Blob([bytes]).stream().pipeThrough(stream as unknown as TransformStream<Uint8Array, Uint8Array>);
  return new Uint8Array(await new Response(out as unknown as ReadableStream<Uint8Array<ArrayBuffer>>).arrayBuffer());
}

/**
 * Opaque RGBA pixels without loss in fewer bytes: each colour as a plane, each value as its difference from the mean of its neighbours to
 * the left and above, deflated.
 */
export async function packPixels(rgba: Uint8Array, width: number, height: number): Promise<Uint8Array<ArrayBuffer>> {
  const out = new Uint8Array(3 * width * height);
  let to = 0;
  for (let channel = 0; channel < 3; channel++) {
    for (let y = 0; y < height; y++) {
      let left = 0;
      for (let x = 0, from = 4 * y * width + channel; x < width; x++, from += 4) {
        const above = y === 0 ? 0 : rgba[from - 4 * width];
        out[to++] = rgba[from] - ((left + above) >> 1);
        left = rgba[from];
      }
    }
  }
  return through(out, new CompressionStream('deflate-raw'));
}

/**
 * What `packPixels` packed.
 * @throws RangeError when the bytes are not those of a picture of this shape
 */
export async function unpackPixels(
  packed: Uint8Array<ArrayBuffer>,
  width: number,
  height: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const differences = await through(packed, new DecompressionStream('deflate-raw'));
  if (differences.length !== 3 * width * height) throw new RangeError('not the pixels of a picture of this shape');
  const rgba = new Uint8Array(4 * width * height).fill(255);
  let from = 0;
  for (let channel = 0; channel < 3; channel++) {
    for (let y = 0; y < height; y++) {
      let left = 0;
      for (let x = 0, to = 4 * y * width + channel; x < width; x++, to += 4) {
        const above = y === 0 ? 0 : rgba[to - 4 * width];
        left = (differences[from++] + ((left + above) >> 1)) & 255;
        rgba[to] = left;
      }
    }
  }
  return rgba;
}
