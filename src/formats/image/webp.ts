import { CUT_SHORT, UnusableFile } from '../unusableFile';
import { type Dimensions, spells, UNKNOWN_SIZE, viewOf } from './dimensions';

export function isWebp(bytes: Uint8Array): boolean {
  return spells(bytes, 0, 'RIFF') && spells(bytes, 8, 'WEBP');
}

/** RFC 9649. @throws UnusableFile when the file is shorter than it says. */
export function readWebp(bytes: Uint8Array): Dimensions {
  const view = viewOf(bytes);
  if (view.getUint32(4, true) + 8 > bytes.length) throw new UnusableFile(CUT_SHORT);
  const uint24 = (at: number) => view.getUint16(at, true) + view.getUint8(at + 2) * 2 ** 16;
  if (spells(bytes, 12, 'VP8X')) return { width: uint24(24) + 1, height: uint24(27) + 1 };
  if (spells(bytes, 12, 'VP8L')) {
    const bits = view.getUint32(21, true);
    return { width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1 };
  }
  if (spells(bytes, 12, 'VP8 ')) {
    return { width: view.getUint16(26, true) & 0x3fff, height: view.getUint16(28, true) & 0x3fff };
  }
  return UNKNOWN_SIZE;
}

/** Offset and end of the data of the EXIF chunk; null when there is none. */
export function webpExif(bytes: Uint8Array): { readonly start: number; readonly end: number } | null {
  const view = viewOf(bytes);
  // Chunks: type, length, data, padded to an even length.
  for (let at = 12; at + 8 <= bytes.length; ) {
    const length = view.getUint32(at + 4, true);
    if (spells(bytes, at, 'EXIF')) return { start: at + 8, end: Math.min(bytes.length, at + 8 + length) };
    at += 8 + length + (length % 2);
  }
  return null;
}
