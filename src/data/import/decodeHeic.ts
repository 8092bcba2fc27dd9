import { iccColorCoding } from '../../formats/image/iccMatrix';
import { heicColorBox } from '../../formats/image/isoMedia';
import { type ColorCoding, convertToSrgb, matrixOfPrimaries, P3_PRIMARIES } from '../../formats/image/toSrgb';
import { UnusableFile } from '../../formats/unusableFile';
import type { PixelSource } from './resample';

/** The number of Display P3's primaries in ITU-T H.273. */
const P3 = 12;

/**
 * Decodes a HEIC where the browser cannot, with libheif: 3 MB, loaded when the first such file comes. The pixels of the bitmap, which the
 * caller closes, still need `heicColors`.
 */
export async function decodeHeic(bytes: Uint8Array): Promise<ImageBitmap> {
  // The package's default build evaluates code, which the Content-Security-Policy forbids.
  const { heicTo } = await import('heic-to/csp').catch(() => {
    throw new UnusableFile(
      'is a HEIC, whose decoder has not been loaded yet and cannot be reached now: import it again when there is a connection',
    );
  });
  return heicTo({ blob: new Blob([bytes as Uint8Array<ArrayBuffer>]), type: 'bitmap' });
}

function codingOf(bytes: Uint8Array): ColorCoding | null {
  const colors = heicColorBox(bytes);
  if (colors instanceof Uint8Array) return iccColorCoding(colors);
  const toLinearSrgb = colors === P3 ? matrixOfPrimaries(P3_PRIMARIES) : null;
  return toLinearSrgb && { exponent: 'srgb', toLinearSrgb };
}

/** The colours in sRGB: libheif ignores the profile, and phones write Display P3. */
export function heicColors(bytes: Uint8Array, source: PixelSource): PixelSource {
  const coding = codingOf(bytes);
  if (coding === null) return source;
  return {
    width: source.width,
    height: source.height,
    read(x, y, width, height) {
      const pixels = source.read(x, y, width, height);
      convertToSrgb(pixels, coding);
      return pixels;
    },
  };
}
