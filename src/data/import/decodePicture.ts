import { decodeBmp } from '../../formats/image/decodeBmp';
import { decodeGif } from '../../formats/image/decodeGif';
import { decodeTiff } from '../../formats/image/decodeTiff';
import { checkPixels, type ImageFormat, type ImageHeader } from '../../formats/image/inspectImage';
import { mendPng } from '../../formats/image/mendPng';
import { prepareForDecoder } from '../../formats/image/prepare';
import { sourceOf, upright } from './pixelSources';
import type { PixelSource } from './resample';

/** A decoder of the platform. Passes the pixels, on white, to `use`; rejects when it cannot decode the file. */
export type NativeDecoder = (
  bytes: Uint8Array,
  format: ImageFormat,
  use: (pixels: PixelSource) => void,
) => Promise<void>;

/** Decodes with `decode`; a PNG that it refuses is tried again with its check sums mended. */
async function decodeNatively(
  bytes: Uint8Array,
  format: ImageFormat,
  decode: NativeDecoder,
  use: (pixels: PixelSource) => void,
): Promise<void> {
  // Errors of `use` are not the decoder's.
  let isDecoded = false;
  const handOver = (pixels: PixelSource) => {
    isDecoded = true;
    checkPixels(pixels);
    use(pixels);
  };
  try {
    await decode(bytes, format, handOver);
  } catch (error) {
    if (format !== 'PNG' || isDecoded) throw error;
    await decode(mendPng(bytes), format, handOver);
  }
}

/**
 * Decodes a checked image upright and on white, and passes its pixels to `use`. The page and Node differ only in `decode`; BMP, GIF and TIFF are
 * decoded by the same code on both.
 * @throws UnusableFile with the reason, or what `decode` throws, when the file cannot be decoded.
 */
export async function decodePicture(
  bytes: Uint8Array,
  { format }: ImageHeader,
  decode: NativeDecoder,
  use: (pixels: PixelSource) => void,
): Promise<void> {
  if (format === 'BMP') return use(sourceOf(decodeBmp(bytes)));
  if (format === 'GIF') return use(sourceOf(decodeGif(bytes)));
  if (format === 'TIFF') {
    const { orientation, ...picture } = await decodeTiff(bytes);
    return use(upright(sourceOf(picture), orientation));
  }
  const { bytes: prepared, orientation } = prepareForDecoder(bytes, format);
  return decodeNatively(prepared, format, decode, (pixels) => use(upright(pixels, orientation)));
}
