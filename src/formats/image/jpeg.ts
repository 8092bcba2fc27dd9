import { CUT_SHORT, UnusableFile } from '../unusableFile';
import type { Dimensions } from './dimensions';

const SOI = 0xd8;
const EOI = 0xd9;
const SOS = 0xda;

/** SOF0 to SOF15, without DHT, JPG and DAC, which lie between them. */
function isFrameHeader(marker: number): boolean {
  return marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;
}

/** Whether the bytes 0xff 0xd9 occur after the first scan begins; entropy-coded data never contains them, so they end the image. */
function hasEndAfter(bytes: Uint8Array, start: number): boolean {
  for (let i = bytes.lastIndexOf(EOI); i > start; i = bytes.lastIndexOf(EOI, i - 1)) {
    if (bytes[i - 1] === 0xff) return true;
  }
  return false;
}

export function isJpeg(bytes: Uint8Array): boolean {
  return bytes[0] === 0xff && bytes[1] === SOI && bytes[2] === 0xff;
}

/** ITU-T T.81, annex B. */
export function readJpeg(bytes: Uint8Array): Dimensions {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let dimensions: Dimensions | null = null;
  let at = 2;
  for (;;) {
    while (view.getUint8(at) === 0xff && view.getUint8(at + 1) === 0xff) at++;
    if (view.getUint8(at) !== 0xff) throw new UnusableFile('is damaged: it is not a whole JPEG');
    const marker = view.getUint8(at + 1);
    if (marker === SOS) break;
    if (isFrameHeader(marker)) dimensions = { width: view.getUint16(at + 7), height: view.getUint16(at + 5) };
    at += 2 + view.getUint16(at + 2);
  }
  if (dimensions === null) throw new UnusableFile('is damaged: it is not a whole JPEG');
  if (!hasEndAfter(bytes, at)) throw new UnusableFile(CUT_SHORT);
  return dimensions;
}
