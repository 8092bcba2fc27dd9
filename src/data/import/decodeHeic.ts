import { isDisplayP3 } from '../../formats/image/isoMedia';
import { convertToSrgb, P3_PRIMARIES } from '../../formats/image/toSrgb';
import type { PixelSource } from './resample';

/**
 * Decodes a HEIC where the browser cannot, with libheif: 3 MB, loaded when the first such file comes. The caller closes the bitmap, whose
 * pixels still need `heicColors`.
 */
export async function decodeHeic(bytes: Uint8Array): Promise<ImageBitmap> {
  // The package's default build evaluates code, which the Content-Security-Policy forbids.
  const { heicTo } = await import('heic-to/csp');
  return heicTo({ blob: new Blob([bytes as Uint8Array<ArrayBuffer>]), type: 'bitmap' });
}

/** libheif ignores colour profiles: pixels in Display P3, which phones write, are converted to sRGB. */
export function heicColors(bytes: Uint8Array, source: PixelSource): PixelSource {
  if (!isDisplayP3(bytes)) return source;
  return {
    ...source,
    read(x, y, width, height) {
      const pixels = source.read(x, y, width, height);
      convertToSrgb(pixels, { primaries: P3_PRIMARIES, exponent: 'srgb' });
      return pixels;
    },
  };
}
