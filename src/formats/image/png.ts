import { CUT_SHORT, UnusableFile } from '../unusableFile';
import { type Dimensions, spells } from './dimensions';

export function isPng(bytes: Uint8Array): boolean {
  return spells(bytes, 0, '\u0089PNG\r\n\u001a\n');
}

/** PNG specification, sections 5 and 11. */
export function readPng(bytes: Uint8Array): Dimensions {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (!spells(bytes, 12, 'IHDR')) throw new UnusableFile('is damaged: it is not a whole PNG');
  const dimensions = { width: view.getUint32(16), height: view.getUint32(20) };
  // Chunks: length, type, data, check sum.
  for (let at = 8; ; at += 12 + view.getUint32(at)) {
    if (at + 8 > bytes.length) throw new UnusableFile(CUT_SHORT);
    if (spells(bytes, at + 4, 'IEND')) return dimensions;
  }
}
