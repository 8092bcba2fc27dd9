import { freeMemory } from '../../domain/freeMemory';
import { type ImageFormat, type ImageHeader, MIME_TYPES } from '../../formats/image/inspectImage';
import { decodeHeic, heicColors } from './decodeHeic';
import { decodePicture } from './decodePicture';
import type { PixelSource } from './resample';

/** Larger images are decoded one at a time in each worker: each takes 4 MB or more. */
const MEDIUM_PIXELS = 1_000_000;

/** Still larger images are decoded one at a time across all workers: each takes 64 MB or more. */
const LARGE_PIXELS = 16_000_000;

/** Settles when this worker has decoded the last image above `MEDIUM_PIXELS`. */
let turn: Promise<unknown> = Promise.resolve();

const canvas = new OffscreenCanvas(1, 1);
// Without alpha, so that drawing composites on white; kept in main memory, since it is read back often.
const context = canvas.getContext('2d', { alpha: false, willReadFrequently: true });

/** Reads parts of a bitmap, on white, through one small canvas: a second copy of a large image would need too much memory. */
function pixelsOf(bitmap: ImageBitmap): PixelSource & { end(): void } {
  if (context === null) throw new Error('no 2-D canvas in this browser');
  let last = new Uint8ClampedArray(0);
  const end = () => freeMemory([last]);
  return {
    end,
    width: bitmap.width,
    height: bitmap.height,
    read(x, y, width, height) {
      if (canvas.width < width) canvas.width = width;
      if (canvas.height < height) canvas.height = height;
      context.imageSmoothingEnabled = false;
      context.fillStyle = '#fff';
      context.fillRect(0, 0, width, height);
      context.drawImage(bitmap, x, y, width, height, 0, 0, width, height);
      end();
      last = context.getImageData(0, 0, width, height).data;
      return last;
    },
  };
}

/** Decodes with the browser's own decoders, and a HEIC that it does not know with libheif. */
async function decodeNatively(
  bytes: Uint8Array,
  format: ImageFormat,
  use: (pixels: PixelSource) => void,
): Promise<void> {
  const blob = new Blob([bytes as Uint8Array<ArrayBuffer>], { type: MIME_TYPES[format] });
  const options = { imageOrientation: 'from-image', colorSpaceConversion: 'default' } as const;
  let colors = (source: PixelSource) => source;
  const bitmap = await createImageBitmap(blob, options).catch((error: unknown) => {
    if (format !== 'HEIC') throw error;
    colors = (source) => heicColors(bytes, source);
    return decodeHeic(bytes);
  });
  const pixels = pixelsOf(bitmap);
  try {
    use(colors(pixels));
  } finally {
    pixels.end();
    bitmap.close();
  }
}

/** Decodes on the page; call it in a worker, since a large image takes a second. */
export async function decodeInBrowser(
  bytes: Uint8Array,
  header: ImageHeader,
  use: (pixels: PixelSource) => void,
): Promise<void> {
  const decode = () => decodePicture(bytes, header, decodeNatively, use);
  const pixels = header.width * header.height;
  // An image of unknown size may be large.
  if (pixels > 0 && pixels <= MEDIUM_PIXELS) return decode();
  const inTurn = turn.then(() => {
    // Locks need a secure context; without them each worker may hold one large image at the same time.
    if ((pixels > 0 && pixels <= LARGE_PIXELS) || !('locks' in navigator)) return decode();
    return navigator.locks.request('simsiam-lab-large-image', decode);
  });
  turn = inTurn.catch(() => undefined);
  return inTurn;
}
