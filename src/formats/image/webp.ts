import { CUT_SHORT, UnusableFile } from '../unusableFile';
import { type Dimensions, spells } from './dimensions';

export function isWebp(bytes: Uint8Array): boolean {
  return spells(bytes, 0, 'RIFF') && spells(bytes, 8, 'WEBP');
}

/** RFC 9649. */
export function readWebp(bytes: Uint8Array): Dimensions {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
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
  throw new UnusableFile('is damaged: it is not a whole WebP');
}
