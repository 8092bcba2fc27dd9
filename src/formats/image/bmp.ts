import { CUT_SHORT, UnusableFile } from '../unusableFile';
import { type Dimensions, spells } from './dimensions';

const CORE_HEADER = 12;
const RLE8 = 1;
const RLE4 = 2;

export function isBmp(bytes: Uint8Array): boolean {
  // Many files begin with these two letters by chance, so the size of the header is checked, too.
  const headerBytes = bytes[14] ?? 0;
  return spells(bytes, 0, 'BM') && (headerBytes === CORE_HEADER || (headerBytes >= 40 && headerBytes <= 124));
}

/** BITMAPFILEHEADER, then BITMAPCOREHEADER or BITMAPINFOHEADER and its successors. */
export function readBmp(bytes: Uint8Array): Dimensions {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const pixelsAt = view.getUint32(10, true);
  const isCore = view.getUint32(14, true) === CORE_HEADER;
  const width = isCore ? view.getUint16(18, true) : view.getInt32(18, true);
  // Negative: rows from top to bottom.
  const height = Math.abs(isCore ? view.getUint16(20, true) : view.getInt32(22, true));
  const bitsPerPixel = view.getUint16(isCore ? 24 : 28, true);
  const compression = isCore ? 0 : view.getUint32(30, true);
  if (width < 1 || height < 1) throw new UnusableFile('is damaged: it is not a whole BMP');
  const isRunLength = compression === RLE8 || compression === RLE4;
  const dataBytes = isRunLength ? view.getUint32(34, true) : Math.ceil((width * bitsPerPixel) / 32) * 4 * height;
  if (pixelsAt + dataBytes > bytes.length) throw new UnusableFile(CUT_SHORT);
  return { width, height };
}
