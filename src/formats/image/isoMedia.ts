import { CUT_SHORT, UnusableFile } from '../unusableFile';
import { type Dimensions, spells } from './dimensions';

interface Box {
  readonly type: string;
  /** Offsets of the first byte of its content and of the byte after the last. */
  readonly start: number;
  readonly end: number;
}

/** The boxes between two offsets. @throws UnusableFile when one reaches past `end`. */
function* boxesIn(bytes: Uint8Array, start: number, end: number): Generator<Box> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = start;
  while (at < end) {
    if (at + 8 > end) throw new UnusableFile(CUT_SHORT);
    let length = view.getUint32(at);
    let header = 8;
    if (length === 1) {
      length = Number(view.getBigUint64(at + 8));
      header = 16;
    }
    if (length === 0) length = end - at;
    if (length < header || at + length > end) throw new UnusableFile(CUT_SHORT);
    const type = String.fromCharCode(...bytes.subarray(at + 4, at + 8));
    yield { type, start: at + header, end: at + length };
    at += length;
  }
}

/** The brands of an ISO base media file (AVIF, HEIC, MP4, ...), which name its format; empty for any other file. */
export function brandsOf(bytes: Uint8Array): readonly string[] {
  if (!spells(bytes, 4, 'ftyp')) return [];
  const end = Math.min(bytes.length, new DataView(bytes.buffer, bytes.byteOffset).getUint32(0), 256);
  const brands: string[] = [];
  for (let at = 8; at + 4 <= end; at += 4) {
    // The four bytes between the major brand and the compatible brands are a version.
    if (at !== 12) brands.push(String.fromCharCode(...bytes.subarray(at, at + 4)));
  }
  return brands;
}

/** The dimensions of an AVIF, from the largest `ispe` box: the smaller ones are of tiles and thumbnails. */
export function readAvif(bytes: Uint8Array): Dimensions {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let found: Dimensions | null = null;
  let hasData = false;
  for (const meta of boxesIn(bytes, 0, bytes.length)) {
    if (meta.type === 'mdat') hasData = true;
    if (meta.type !== 'meta') continue;
    // `meta` is a full box: version and flags come first.
    for (const properties of boxesIn(bytes, meta.start + 4, meta.end)) {
      if (properties.type === 'idat') hasData = true;
      if (properties.type !== 'iprp') continue;
      for (const container of boxesIn(bytes, properties.start, properties.end)) {
        if (container.type !== 'ipco') continue;
        for (const { type, start } of boxesIn(bytes, container.start, container.end)) {
          if (type !== 'ispe') continue;
          const size = { width: view.getUint32(start + 4), height: view.getUint32(start + 8) };
          if (found === null || size.width * size.height > found.width * found.height) found = size;
        }
      }
    }
  }
  if (found === null) throw new UnusableFile('is damaged: it is not a whole AVIF');
  if (!hasData) throw new UnusableFile(CUT_SHORT);
  return found;
}
