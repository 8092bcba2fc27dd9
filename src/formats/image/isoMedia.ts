import { CUT_SHORT, UnusableFile } from '../unusableFile';
import { type Dimensions, spells, UNKNOWN_SIZE, viewOf } from './dimensions';

interface Box {
  readonly type: string;
  /** Offsets of the first byte of its content and of the byte after the last. */
  readonly start: number;
  readonly end: number;
}

/** Boxes without which a picture cannot be shown. */
const NEEDED = ['ftyp', 'meta', 'mdat', 'moov', 'moof'];

/**
 * The boxes between two offsets, up to the first bytes that are no box.
 * @throws UnusableFile when a box that is needed reaches past `end`.
 */
function* boxesIn(bytes: Uint8Array, start: number, end: number): Generator<Box> {
  const view = viewOf(bytes);
  let at = start;
  while (at + 8 <= end) {
    let length = view.getUint32(at);
    let header = 8;
    const type = String.fromCharCode(...bytes.subarray(at + 4, at + 8));
    if (length === 1) {
      if (at + 16 > end) throw new UnusableFile(CUT_SHORT);
      length = Number(view.getBigUint64(at + 8));
      header = 16;
    }
    if (length === 0) length = end - at;
    if (length < header || at + length > end) {
      if (NEEDED.includes(type)) throw new UnusableFile(CUT_SHORT);
      return;
    }
    yield { type, start: at + header, end: at + length };
    at += length;
  }
}

/** The brands of an ISO base media file (AVIF, HEIC, MP4, ...), which name its format; empty for any other file. */
export function brandsOf(bytes: Uint8Array): readonly string[] {
  if (bytes.length < 16 || !spells(bytes, 4, 'ftyp')) return [];
  const end = Math.min(bytes.length, viewOf(bytes).getUint32(0), 256);
  const brands: string[] = [];
  for (let at = 8; at + 4 <= end; at += 4) {
    // The four bytes between the major brand and the compatible brands are a version.
    if (at !== 12) brands.push(String.fromCharCode(...bytes.subarray(at, at + 4)));
  }
  return brands;
}

/** The properties of the pictures of a file: the boxes in meta/iprp/ipco. */
function* propertiesOf(bytes: Uint8Array): Generator<Box> {
  for (const meta of boxesIn(bytes, 0, bytes.length)) {
    if (meta.type !== 'meta') continue;
    // `meta` is a full box: version and flags come first.
    for (const list of boxesIn(bytes, meta.start + 4, meta.end)) {
      if (list.type !== 'iprp') continue;
      for (const container of boxesIn(bytes, list.start, list.end)) {
        if (container.type === 'ipco') yield* boxesIn(bytes, container.start, container.end);
      }
    }
  }
}

/** Whether the file holds the data of its pictures, in a box of its own or within `meta`. */
function hasData(bytes: Uint8Array): boolean {
  for (const box of boxesIn(bytes, 0, bytes.length)) {
    if (box.type === 'mdat') return true;
    if (box.type !== 'meta') continue;
    for (const { type } of boxesIn(bytes, box.start + 4, box.end)) if (type === 'idat') return true;
  }
  return false;
}

/**
 * The dimensions of an AVIF or HEIC, from the largest `ispe` box: the smaller ones are of tiles and thumbnails.
 * @throws UnusableFile when a part that is needed is missing.
 */
export function readIsoMedia(bytes: Uint8Array): Dimensions {
  const view = viewOf(bytes);
  let found = UNKNOWN_SIZE;
  // All boxes are walked, so that one that is cut short is noticed.
  for (const { type, start } of propertiesOf(bytes)) {
    if (type !== 'ispe') continue;
    const size = { width: view.getUint32(start + 4), height: view.getUint32(start + 8) };
    if (size.width * size.height > found.width * found.height) found = size;
  }
  if (!hasData(bytes)) throw new UnusableFile(CUT_SHORT);
  return found;
}

/** @throws UnusableFile also when the file names no picture: there is no decoder at hand to judge it. */
export function readHeic(bytes: Uint8Array): Dimensions {
  const size = readIsoMedia(bytes);
  if (size === UNKNOWN_SIZE) throw new UnusableFile('is HEIC, and damaged: it names no picture');
  return size;
}

/** The colour profile of a HEIC, or the number of its primaries in ITU-T H.273; null where it names neither. */
export function heicColorBox(bytes: Uint8Array): Uint8Array | number | null {
  let primaries: number | null = null;
  for (const { type, start, end } of propertiesOf(bytes)) {
    if (type !== 'colr') continue;
    if (!spells(bytes, start, 'nclx')) return bytes.subarray(start + 4, end);
    primaries = viewOf(bytes).getUint16(start + 4);
  }
  return primaries;
}
