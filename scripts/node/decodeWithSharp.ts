import sharp from 'sharp';
import { decodePicture } from '../../src/data/import/decodePicture';
import { sourceOf } from '../../src/data/import/pixelSources';
import type { PixelSource } from '../../src/data/import/resample';
import type { Rgba } from '../../src/formats/image/dimensions';
import type { ImageFormat, ImageHeader } from '../../src/formats/image/inspectImage';
import { CMYK_COMPONENTS, jpegComponents } from '../../src/formats/image/jpeg';
import { pngColorCoding } from '../../src/formats/image/pngColor';
import { convertToSrgb } from '../../src/formats/image/toSrgb';
import { MAX_PIXELS } from '../../src/formats/limits';
import { UnusableFile } from '../../src/formats/unusableFile';

/** RGBA of inks, as browsers and Pillow convert them: without a profile, sharp would assume one of its own. */
function inksToRgba(inks: Uint8Array, width: number, height: number): Rgba {
  const rgba = new Uint8Array(width * height * 4).fill(255);
  for (let i = 0; i < inks.length; i += 4) {
    for (let c = i; c < i + 3; c++) rgba[c] = Math.round(((255 - inks[c]) * (255 - inks[i + 3])) / 255);
  }
  return { width, height, rgba };
}

async function decodeNatively(
  bytes: Uint8Array,
  format: ImageFormat,
  use: (pixels: PixelSource) => void,
): Promise<void> {
  if (format === 'HEIC') {
    throw new UnusableFile('is HEIC, which the page reads but this command does not: convert it to JPEG or PNG');
  }
  const image = sharp(bytes, { failOn: 'truncated', limitInputPixels: MAX_PIXELS }).autoOrient();
  if (format === 'JPEG' && jpegComponents(bytes) === CMYK_COMPONENTS) {
    const inks = image.pipelineColourspace('cmyk').toColourspace('cmyk').raw({ depth: 'uchar' });
    const { data, info } = await inks.toBuffer({ resolveWithObject: true });
    return use(sourceOf(inksToRgba(data, info.width, info.height)));
  }
  const { data, info } = await image
    .toColourspace('srgb')
    .ensureAlpha()
    .raw({ depth: 'uchar' })
    .toBuffer({ resolveWithObject: true });
  // sharp heeds profiles, but not these chunks of a PNG.
  const coding = format === 'PNG' ? pngColorCoding(bytes) : null;
  if (coding !== null) convertToSrgb(data, coding);
  use(sourceOf({ width: info.width, height: info.height, rgba: data }));
}

/** Decodes as the page does, but with sharp instead of the browser: upright, in sRGB, on white. */
export async function decodeWithSharp(
  bytes: Uint8Array,
  header: ImageHeader,
  use: (pixels: PixelSource) => void,
): Promise<void> {
  return decodePicture(bytes, header, decodeNatively, use);
}
