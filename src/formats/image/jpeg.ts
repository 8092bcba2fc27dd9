import { CUT_SHORT, UnusableFile } from '../unusableFile';
import { type Dimensions, UNKNOWN_SIZE, viewOf } from './dimensions';

const TEM = 0x01;
const RST0 = 0xd0;
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

/** A marker segment: its code, the offset of its 0xff, and that of the byte after its last. */
export interface Segment {
  readonly marker: number;
  readonly at: number;
  readonly end: number;
}

/**
 * The marker segments up to and including the first start of scan (ITU-T T.81, annex B). Bytes between segments that are no marker are
 * passed over, as all decoders do.
 * @throws RangeError when the file ends before the first scan.
 */
export function* jpegSegments(bytes: Uint8Array): Generator<Segment> {
  const view = viewOf(bytes);
  let at = 2;
  for (;;) {
    const marker = view.getUint8(at) === 0xff ? view.getUint8(at + 1) : 0;
    const isMarker = marker !== 0 && marker !== 0xff;
    if (!isMarker) {
      at++;
    } else if (marker === TEM || (marker >= RST0 && marker <= EOI)) {
      // These markers have no segment.
      at += 2;
    } else {
      const end = at + 2 + view.getUint16(at + 2);
      yield { marker, at, end };
      if (marker === SOS) return;
      at = end;
    }
  }
}

/** Components of CMYK and YCCK. */
export const CMYK_COMPONENTS = 4;

/** Number of colour components; 0 when the file does not say. */
export function jpegComponents(bytes: Uint8Array): number {
  for (const { marker, at } of jpegSegments(bytes)) if (isFrameHeader(marker)) return bytes[at + 9];
  return 0;
}

/** @throws UnusableFile when the end of the image is missing. */
export function readJpeg(bytes: Uint8Array): Dimensions {
  const view = viewOf(bytes);
  let dimensions = UNKNOWN_SIZE;
  let scanAt = 0;
  for (const { marker, at } of jpegSegments(bytes)) {
    if (isFrameHeader(marker)) dimensions = { width: view.getUint16(at + 7), height: view.getUint16(at + 5) };
    scanAt = at;
  }
  if (!hasEndAfter(bytes, scanAt)) throw new UnusableFile(CUT_SHORT);
  return dimensions;
}
