import { formatBytes } from '../bytes';
import { MAX_FILE_BYTES, MAX_PIXELS } from '../limits';
import { CUT_SHORT, UnusableFile } from '../unusableFile';
import { isBmp, readBmp } from './bmp';
import { type Dimensions, spells } from './dimensions';
import { isGif, readGif } from './gif';
import { brandsOf, readAvif } from './isoMedia';
import { isJpeg, readJpeg } from './jpeg';
import { isPng, readPng } from './png';
import { isWebp, readWebp } from './webp';

export type ImageFormat = 'JPEG' | 'PNG' | 'WebP' | 'GIF' | 'BMP' | 'AVIF';

export interface ImageHeader extends Dimensions {
  readonly format: ImageFormat;
}

/** MIME types for `Blob`s, so that the browser does not guess the format. */
export const MIME_TYPES: Readonly<Record<ImageFormat, string>> = {
  JPEG: 'image/jpeg',
  PNG: 'image/png',
  WebP: 'image/webp',
  GIF: 'image/gif',
  BMP: 'image/bmp',
  AVIF: 'image/avif',
};

const READERS: Readonly<Record<ImageFormat, (bytes: Uint8Array) => Dimensions>> = {
  JPEG: readJpeg,
  PNG: readPng,
  WebP: readWebp,
  GIF: readGif,
  BMP: readBmp,
  AVIF: readAvif,
};

const HEIF_BRANDS = ['heic', 'heix', 'heim', 'heis', 'hevc', 'hevx', 'mif1', 'msf1'];

function isAvif(bytes: Uint8Array): boolean {
  return brandsOf(bytes).some((brand) => brand === 'avif' || brand === 'avis');
}

function formatOf(bytes: Uint8Array): ImageFormat | null {
  if (isJpeg(bytes)) return 'JPEG';
  if (isPng(bytes)) return 'PNG';
  if (isWebp(bytes)) return 'WebP';
  if (isGif(bytes)) return 'GIF';
  if (isAvif(bytes)) return 'AVIF';
  return isBmp(bytes) ? 'BMP' : null;
}

function isSvg(bytes: Uint8Array): boolean {
  const start = new TextDecoder().decode(bytes.subarray(0, 1024)).trimStart();
  return start.startsWith('<') && /<svg[\s>]/i.test(start);
}

/** The name of a known format that browsers cannot decode, from the first bytes of a file; null for an unknown format. */
function unsupportedKind(bytes: Uint8Array): string | null {
  const brands = brandsOf(bytes);
  if (HEIF_BRANDS.some((brand) => brands.includes(brand))) return 'HEIC';
  if (spells(bytes, 0, 'II*\0') || spells(bytes, 0, 'MM\0*')) return 'TIFF or a camera’s raw format';
  if (spells(bytes, 0, '\u00ff\u000a') || spells(bytes, 4, 'JXL ')) return 'JPEG XL';
  if (spells(bytes, 4, 'jP  ')) return 'JPEG 2000';
  if (spells(bytes, 0, '8BPS')) return 'Photoshop’s format';
  if (spells(bytes, 0, '\0\0\u0001\0')) return 'an icon file';
  return isSvg(bytes) ? 'SVG' : null;
}

/**
 * Reads the format and the dimensions of an image from its content, regardless of its name, without decoding it.
 * @throws UnusableFile when the file is not a supported image, is cut short, or is too large to decode.
 */
export function inspectImage(bytes: Uint8Array): ImageHeader {
  if (bytes.length === 0) throw new UnusableFile('is empty (0 bytes)');
  const format = formatOf(bytes);
  if (format === null) {
    const kind = unsupportedKind(bytes);
    if (kind === null) throw new UnusableFile('is not a JPEG, PNG, WebP, GIF, BMP or AVIF image');
    throw new UnusableFile(`is ${kind}, which browsers cannot read: convert it to JPEG or PNG`);
  }
  let dimensions: Dimensions;
  try {
    dimensions = READERS[format](bytes);
  } catch (error) {
    // The reader went past the end of the data.
    if (error instanceof RangeError) throw new UnusableFile(CUT_SHORT);
    throw error;
  }
  const { width, height } = dimensions;
  if (width < 1 || height < 1) throw new UnusableFile('is damaged: it says it has no pixels');
  if (width * height > MAX_PIXELS) {
    const megapixels = Math.round((width * height) / 1e6).toLocaleString('en');
    throw new UnusableFile(
      `is too large: ${width} × ${height} are ${megapixels} megapixels, and 50 can be read. Scale it down.`,
    );
  }
  return { format, width, height };
}

/** @throws UnusableFile when a file has more than `MAX_FILE_BYTES`. */
export function checkFileSize(bytes: number): void {
  if (bytes <= MAX_FILE_BYTES) return;
  throw new UnusableFile(
    `is too large: ${formatBytes(bytes)}, and image files of up to ${formatBytes(MAX_FILE_BYTES)} are read`,
  );
}
