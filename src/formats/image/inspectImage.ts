import { formatBytes } from '../bytes';
import { MAX_FILE_BYTES, MAX_PIXELS } from '../limits';
import { CUT_SHORT, UnusableFile } from '../unusableFile';
import { isBmp, readBmp } from './bmp';
import { type Dimensions, spells } from './dimensions';
import { isGif, readGif } from './gif';
import { brandsOf, readHeic, readIsoMedia } from './isoMedia';
import { isJpeg, readJpeg } from './jpeg';
import { isPng, readPng } from './png';
import { isTiff, readTiff } from './tiff';
import { isWebp, readWebp } from './webp';

export type ImageFormat = 'JPEG' | 'PNG' | 'WebP' | 'GIF' | 'BMP' | 'AVIF' | 'TIFF' | 'HEIC';

/** Format and size of an image; 0 x 0 where only the decoder finds the size. */
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
  TIFF: 'image/tiff',
  HEIC: 'image/heic',
};

const READERS: Readonly<Record<ImageFormat, (bytes: Uint8Array) => Dimensions>> = {
  JPEG: readJpeg,
  PNG: readPng,
  WebP: readWebp,
  GIF: readGif,
  BMP: readBmp,
  AVIF: readIsoMedia,
  TIFF: readTiff,
  HEIC: readHeic,
};

const HEIF_BRANDS = ['heic', 'heix', 'heim', 'heis', 'hevc', 'hevx', 'mif1', 'msf1'];

const AVIF_BRANDS = ['avif', 'avis'];

function hasBrand(bytes: Uint8Array, brands: readonly string[]): boolean {
  return brandsOf(bytes).some((brand) => brands.includes(brand));
}

function formatOf(bytes: Uint8Array): ImageFormat | null {
  if (isJpeg(bytes)) return 'JPEG';
  if (isPng(bytes)) return 'PNG';
  if (isWebp(bytes)) return 'WebP';
  if (isGif(bytes)) return 'GIF';
  if (hasBrand(bytes, AVIF_BRANDS)) return 'AVIF';
  if (hasBrand(bytes, HEIF_BRANDS)) return 'HEIC';
  if (isTiff(bytes)) return 'TIFF';
  return isBmp(bytes) ? 'BMP' : null;
}

function isSvg(bytes: Uint8Array): boolean {
  const start = new TextDecoder().decode(bytes.subarray(0, 1024)).trimStart();
  return start.startsWith('<') && /<svg[\s>]/i.test(start);
}

/** Beginnings of further formats that browsers cannot decode, one character a byte. */
const UNSUPPORTED: readonly (readonly [at: number, bytes: string, name: string])[] = [
  [0, '\xff\x0a', 'JPEG XL'],
  [4, 'JXL ', 'JPEG XL'],
  [4, 'jP  ', 'JPEG 2000'],
  [0, '\xff\x4f\xff\x51', 'JPEG 2000'],
  [0, '8BPS', 'Photoshop’s format'],
  [0, '\0\0\x01\0', 'an icon file'],
  [0, 'v/1\x01', 'OpenEXR'],
  [0, '#?RADIANCE', 'Radiance HDR'],
  [0, '#?RGBE', 'Radiance HDR'],
  [0, 'DDS ', 'a DDS texture'],
  [128, 'DICM', 'DICOM'],
  [0, 'SIMPLE  =', 'FITS'],
  [0, '%!PS', 'PostScript'],
  [0, '\xc5\xd0\xd3\xc6', 'PostScript'],
  [0, 'gimp xcf', 'GIMP’s format'],
];

/** Whether a file is of the Netpbm formats PBM, PGM, PPM or PAM. */
function isNetpbm(bytes: Uint8Array): boolean {
  return bytes[0] === 0x50 && bytes[1] >= 0x31 && bytes[1] <= 0x37 && [0x09, 0x0a, 0x0d, 0x20].includes(bytes[2]);
}

/** The name of a known format that browsers cannot decode, from the first bytes of a file; null for an unknown format. */
function unsupportedKind(bytes: Uint8Array): string | null {
  const known = UNSUPPORTED.find(([at, text]) => spells(bytes, at, text))?.[2];
  if (known !== undefined) return known;
  if (isNetpbm(bytes)) return 'PBM, PGM or PPM';
  return isSvg(bytes) ? 'SVG' : null;
}

/**
 * Reads the format and the dimensions of an image from its content, regardless of its name, without decoding it. What it does not understand
 * is left to the decoder.
 * @throws UnusableFile when the file is not a supported image, is cut short, or is too large to decode.
 */
export function inspectImage(bytes: Uint8Array): ImageHeader {
  if (bytes.length === 0) throw new UnusableFile('is empty (0 bytes)');
  const format = formatOf(bytes);
  if (format === null) {
    const kind = unsupportedKind(bytes);
    if (kind === null) throw new UnusableFile('is not a JPEG, PNG, WebP, GIF, BMP, AVIF, TIFF or HEIC image');
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
  checkPixels(dimensions);
  return { format, ...dimensions };
}

/** @throws UnusableFile when an image has more than `MAX_PIXELS`. */
export function checkPixels({ width, height }: Dimensions): void {
  if (width * height <= MAX_PIXELS) return;
  const megapixels = Math.round((width * height) / 1e6).toLocaleString('en');
  throw new UnusableFile(
    `is too large: ${width} × ${height} are ${megapixels} megapixels, and 50 can be read. Scale it down.`,
  );
}

/** @throws UnusableFile when a file has more than `MAX_FILE_BYTES`. */
export function checkFileSize(bytes: number, most = MAX_FILE_BYTES): void {
  if (bytes <= most) return;
  const files = most === MAX_FILE_BYTES ? 'image files' : 'files';
  throw new UnusableFile(`is too large: ${formatBytes(bytes)}, and ${files} of up to ${formatBytes(most)} are read`);
}
