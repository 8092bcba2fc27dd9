import { UnusableFile } from '../unusableFile';
import type { Rgba } from './dimensions';
import { type Orientation, orientationOf } from './exif';
import { readTiff, readTiffDirectory, TAG, type TiffDirectory } from './tiff';

const CONVERT = 'convert it to JPEG or PNG';

const UNCOMPRESSED = 1;
const JPEG = 7;
/** What the library unpacks: none, CCITT (2 to 4), LZW, JPEG, deflate, PackBits. */
const COMPRESSIONS = [UNCOMPRESSED, 2, 3, 4, 5, JPEG, 8, 32946, 32773];

const WHITE_IS_ZERO = 0;
const BLACK_IS_ZERO = 1;
const RGB = 2;
const PALETTE = 3;
const CMYK = 5;
const YCBCR = 6;
/** Samples of a pixel that carry its colour. */
const COLOR_SAMPLES: Readonly<Record<number, number>> = {
  [WHITE_IS_ZERO]: 1,
  [BLACK_IS_ZERO]: 1,
  [RGB]: 3,
  [PALETTE]: 1,
  [CMYK]: 4,
};

interface Layout {
  readonly width: number;
  readonly height: number;
  readonly bits: number;
  readonly samples: number;
  readonly photometric: number;
  /** 0: none; 1: multiplied into the colours; 2: not multiplied. */
  readonly alpha: number;
  readonly palette: readonly number[];
}

/** @throws UnusableFile, which names what is not read. */
function layoutOf(bytes: Uint8Array, directory: TiffDirectory): Layout {
  const first = (tag: number, absent: number) => directory.values(tag)[0] ?? absent;
  const refuse = (what: string) => new UnusableFile(`is a TIFF ${what}, which cannot be read: ${CONVERT}`);
  const compression = first(TAG.compression, UNCOMPRESSED);
  if (!COMPRESSIONS.includes(compression)) throw refuse(`of a rare compression (${compression})`);
  const samples = first(TAG.samples, 1);
  if (first(TAG.planes, 1) === 2 && samples > 1) throw refuse('with each colour stored apart');
  const depths = directory.values(TAG.bits);
  const bits = depths[0] ?? 1;
  const isFloat = first(TAG.sampleFormat, 1) !== 1;
  if (isFloat || ![1, 2, 4, 8, 16].includes(bits))
    throw refuse(`of ${bits} bits${isFloat ? ' that are no whole numbers' : ''}`);
  const stored = first(TAG.photometric, samples >= 3 ? RGB : WHITE_IS_ZERO);
  // The decoder of JPEG data returns RGB.
  const photometric = stored === YCBCR && compression === JPEG ? RGB : stored;
  const colors = COLOR_SAMPLES[photometric];
  if (colors === undefined || samples < colors) throw refuse(`of a rare kind of colours (${photometric})`);
  const extra = directory.values(TAG.extraSamples)[0] ?? 0;
  const { width, height } = readTiff(bytes);
  return {
    width,
    height,
    bits,
    samples: compression === JPEG && photometric === RGB ? 3 : samples,
    photometric,
    alpha: samples > colors && compression !== JPEG && extra <= 2 ? extra : 0,
    palette: directory.values(TAG.palette),
  };
}

/** Unpacks the first picture; samples of 16 bits are little-endian. */
async function unpack(bytes: Uint8Array, { nextAt }: TiffDirectory): Promise<Uint8Array> {
  const { default: utif } = await import('utif2');
  const copy = new Uint8Array(bytes);
  // Further pages are not read, and their list could be a circle.
  copy.fill(0, nextAt, nextAt + 4);
  const [picture] = utif.decode(copy.buffer);
  const { log } = console;
  // The library logs the number of tiles.
  console.log = () => undefined;
  try {
    utif.decodeImage(copy.buffer, picture);
  } finally {
    console.log = log;
  }
  return picture.data;
}

/** RGBA of unpacked samples. */
function toRgba(data: Uint8Array, layout: Layout): Uint8Array {
  const { width, height, bits, samples, photometric, alpha, palette } = layout;
  const stride = Math.ceil((width * samples * bits) / 8);
  const most = 2 ** Math.min(bits, 8) - 1;
  const colors = COLOR_SAMPLES[photometric];
  const rgba = new Uint8Array(width * height * 4);
  const pixel = new Uint8Array(samples);
  for (let i = 0; i < width * height; i++) {
    const row = Math.floor(i / width) * stride;
    for (let s = 0; s < samples; s++) {
      const sample = (i % width) * samples + s;
      // The high byte of 16 bits.
      if (bits >= 8) pixel[s] = data[row + (bits === 16 ? sample * 2 + 1 : sample)];
      else pixel[s] = (data[row + Math.floor((sample * bits) / 8)] >>> (8 - bits - ((sample * bits) % 8))) & most;
    }
    const opacity = alpha === 0 ? 255 : pixel[colors];
    const to = i * 4;
    for (let c = 0; c < 3; c++) {
      let value = pixel[colors === 1 ? 0 : c];
      if (photometric === PALETTE) value = (palette[value + c * (palette.length / 3)] ?? 0) >>> 8;
      else if (photometric === CMYK) value = Math.round(((255 - value) * (255 - pixel[3])) / 255);
      else value = Math.round((value * 255) / most);
      if (photometric === WHITE_IS_ZERO) value = 255 - value;
      rgba[to + c] = alpha === 1 && opacity > 0 ? Math.min(255, Math.round((value * 255) / opacity)) : value;
    }
    rgba[to + 3] = opacity;
  }
  return rgba;
}

/**
 * Decodes the first picture of a TIFF, the same on the page and under Node: 1 to 16 bits, grey, RGB, palette or CMYK, uncompressed or packed by
 * CCITT, LZW, deflate, PackBits or JPEG. The colours are taken as sRGB, whatever profile the file holds.
 * @throws UnusableFile for other kinds, which the message names, and for damaged data.
 */
export async function decodeTiff(bytes: Uint8Array): Promise<Rgba & { readonly orientation: Orientation }> {
  const directory = readTiffDirectory(bytes);
  const layout = layoutOf(bytes, directory);
  const data = await unpack(bytes, directory);
  const { width, height } = layout;
  const orientation = orientationOf(directory.values(TAG.orientation)[0] ?? 1);
  return { width, height, rgba: toRgba(data, layout), orientation };
}
