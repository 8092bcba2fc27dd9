import { CUT_SHORT, UnusableFile } from '../unusableFile';
import { type Dimensions, spells, viewOf } from './dimensions';

const FILE_HEADER = 14;
/** BITMAPCOREHEADER, of OS/2 1. */
const CORE_HEADER = 12;
/** The header of OS/2 2 may end after any of its fields from the height on. */
const SHORTEST_OS2_HEADER = 16;
const INFO_HEADER = 40;
const LONGEST_HEADER = 124;
/** Size of the first versions of the header that hold masks, and an alpha mask. */
const HEADER_WITH_ALPHA = 56;
const MASKS_AT = 54;

export type BmpCoding = 'plain' | 'masks' | 'runs';

export interface BmpHeader extends Dimensions {
  readonly bits: number;
  readonly coding: BmpCoding;
  readonly isTopDown: boolean;
  /** Bit masks of red, green, blue and alpha; null for the usual ones. */
  readonly masks: readonly number[] | null;
  readonly paletteAt: number;
  /** Bytes of a colour in the palette, and their number. */
  readonly paletteStep: number;
  readonly colors: number;
  readonly pixelsAt: number;
}

export function isBmp(bytes: Uint8Array): boolean {
  if (!spells(bytes, 0, 'BM') || bytes.length < FILE_HEADER + CORE_HEADER) return false;
  // Many files begin with these two letters by chance, so the size of the header is checked, too.
  const headerBytes = viewOf(bytes).getUint32(14, true);
  return headerBytes === CORE_HEADER || (headerBytes >= SHORTEST_OS2_HEADER && headerBytes <= LONGEST_HEADER);
}

function codingOf(compression: number, bits: number, headerBytes: number): BmpCoding {
  const isOs2 =
    headerBytes !== CORE_HEADER &&
    headerBytes !== INFO_HEADER &&
    headerBytes <= 64 &&
    headerBytes !== 52 &&
    headerBytes !== 56;
  if (compression === 0) return 'plain';
  if ((compression === 1 && bits === 8) || (compression === 2 && bits === 4)) return 'runs';
  if (compression === 4 && bits === 24 && isOs2) return 'runs';
  if ((compression === 3 || compression === 6) && (bits === 16 || bits === 32) && !isOs2) return 'masks';
  throw new UnusableFile(`is a BMP of a rare coding (${compression}), which cannot be read: convert it to PNG`);
}

/**
 * BITMAPFILEHEADER, then BITMAPCOREHEADER, BITMAPINFOHEADER and its successors, or the header of OS/2 2.
 * @throws RangeError when the file ends inside the header; UnusableFile for a kind that is not read.
 */
export function readBmpHeader(bytes: Uint8Array): BmpHeader {
  const view = viewOf(bytes);
  const headerBytes = view.getUint32(14, true);
  const isCore = headerBytes === CORE_HEADER;
  /** A field of the header; 0 where the header ends before it. */
  const field = (at: number) => (at + 4 <= FILE_HEADER + headerBytes ? view.getUint32(at, true) : 0);
  const width = isCore ? view.getUint16(18, true) : view.getInt32(18, true);
  // Negative: rows from top to bottom.
  const signedHeight = isCore ? view.getUint16(20, true) : view.getInt32(22, true);
  const bits = view.getUint16(isCore ? 24 : 28, true);
  if (width < 1 || signedHeight === 0) throw new UnusableFile('is damaged: it says it has no pixels');
  if (![1, 2, 4, 8, 16, 24, 32].includes(bits)) {
    throw new UnusableFile(`is a BMP of ${bits} bits a pixel, which cannot be read: convert it to PNG`);
  }
  const compression = isCore ? 0 : field(30);
  const coding = codingOf(compression, bits, headerBytes);
  // The masks follow a header of 40 bytes and are part of longer ones, at the same offset.
  const masksBytes = coding === 'masks' && headerBytes === INFO_HEADER ? (compression === 6 ? 16 : 12) : 0;
  const hasAlpha = coding === 'masks' && (headerBytes >= HEADER_WITH_ALPHA || compression === 6);
  const mask = (i: number) => view.getUint32(MASKS_AT + i * 4, true);
  const paletteAt = FILE_HEADER + headerBytes + masksBytes;
  const paletteStep = isCore ? 3 : 4;
  const most = bits <= 8 ? 2 ** bits : 0;
  const declared = isCore ? 0 : field(46);
  const colors = declared > 0 ? Math.min(declared, most) : most;
  const pixelsAt = view.getUint32(10, true);
  return {
    width,
    height: Math.abs(signedHeight),
    bits,
    coding,
    isTopDown: signedHeight < 0,
    masks: coding === 'masks' ? [mask(0), mask(1), mask(2), hasAlpha ? mask(3) : 0] : null,
    paletteAt,
    paletteStep,
    // A palette that would overlap the pixels ends where they begin.
    colors: pixelsAt > paletteAt ? Math.min(colors, Math.floor((pixelsAt - paletteAt) / paletteStep)) : colors,
    pixelsAt: pixelsAt === 0 ? paletteAt + colors * paletteStep : pixelsAt,
  };
}

/** Bytes from one row of an uncompressed image to the next. */
export function bmpStride({ width, bits }: BmpHeader): number {
  return Math.ceil((width * bits) / 32) * 4;
}

/** @throws UnusableFile when the last row is missing. The length of run-length coded data shows only when it is decoded. */
export function readBmp(bytes: Uint8Array): Dimensions {
  const header = readBmpHeader(bytes);
  const { width, height, bits, coding, pixelsAt } = header;
  // The bytes that pad the last row carry nothing.
  const dataBytes = bmpStride(header) * (height - 1) + Math.ceil((width * bits) / 8);
  if (coding !== 'runs' && pixelsAt + dataBytes > bytes.length) throw new UnusableFile(CUT_SHORT);
  return { width, height };
}
