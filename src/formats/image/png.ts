import { CUT_SHORT, UnusableFile } from '../unusableFile';
import { type Dimensions, spells, UNKNOWN_SIZE, viewOf } from './dimensions';

export const PNG_SIGNATURE = '\u0089PNG\r\n\u001a\n';

export function isPng(bytes: Uint8Array): boolean {
  return spells(bytes, 0, PNG_SIGNATURE);
}

/** A chunk: its type, and its data without length and check sum. */
export interface PngChunk {
  readonly type: string;
  readonly data: Uint8Array;
}

/** The chunks up to IEND, which is left out. @throws UnusableFile when IEND is missing. */
export function* pngChunks(bytes: Uint8Array): Generator<PngChunk> {
  const view = viewOf(bytes);
  // Chunks: length, type, data, check sum.
  for (let at = 8; ; at += 12 + view.getUint32(at)) {
    if (at + 8 > bytes.length) throw new UnusableFile(CUT_SHORT);
    const type = String.fromCharCode(...bytes.subarray(at + 4, at + 8));
    if (type === 'IEND') return;
    yield { type, data: bytes.subarray(at + 8, at + 8 + view.getUint32(at)) };
  }
}

/** PNG specification, sections 5 and 11. @throws UnusableFile when the end is missing. */
export function readPng(bytes: Uint8Array): Dimensions {
  let dimensions = UNKNOWN_SIZE;
  for (const { type, data } of pngChunks(bytes)) {
    if (type === 'IHDR') dimensions = { width: viewOf(data).getUint32(0), height: viewOf(data).getUint32(4) };
  }
  return dimensions;
}
