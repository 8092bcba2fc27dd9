import sharp, { type Sharp } from 'sharp';
import type { PixelSource } from '../../src/data/import/resample';
import type { ImageHeader } from '../../src/formats/image/inspectImage';
import { decodeBmp } from './decodeBmp';

function pixelSource(rgba: Uint8Array, width: number, height: number): PixelSource {
  return {
    width,
    height,
    read(x, y, partWidth, partHeight) {
      if (x === 0 && partWidth === width) return rgba.subarray(y * width * 4, (y + partHeight) * width * 4);
      const part = new Uint8Array(partWidth * partHeight * 4);
      for (let row = 0; row < partHeight; row++) {
        const from = ((y + row) * width + x) * 4;
        part.set(rgba.subarray(from, from + partWidth * 4), row * partWidth * 4);
      }
      return part;
    },
  };
}

/** sharp for a checked file. sharp cannot decode BMP, so that such a file is decoded here and passed as raw pixels. */
function open(bytes: Uint8Array, { format, width, height }: ImageHeader): Sharp {
  if (format !== 'BMP') return sharp(bytes, { failOn: 'truncated', limitInputPixels: false });
  return sharp(decodeBmp(bytes), { raw: { width, height, channels: 4 } });
}

/** Decodes as the page does, but with sharp instead of the browser: upright, in sRGB, on white. */
export async function decodeWithSharp(
  bytes: Uint8Array,
  header: ImageHeader,
  use: (pixels: PixelSource) => void,
): Promise<void> {
  const { data, info } = await open(bytes, header)
    .autoOrient()
    .flatten({ background: '#fff' })
    .toColourspace('srgb')
    .ensureAlpha()
    .raw({ depth: 'uchar' })
    .toBuffer({ resolveWithObject: true });
  use(pixelSource(data, info.width, info.height));
}
