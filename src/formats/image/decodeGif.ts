import { concatenate } from '../concatenate';
import { UnusableFile } from '../unusableFile';
import { type Rgba, viewOf } from './dimensions';
import { colorTableBytes, type GifFrame, gifFrames, readGif } from './gif';

const DAMAGED = 'is damaged: its first picture is not whole';
const MAX_CODES = 4096;

/** The sub-blocks from `at` on, joined. */
function joinBlocks(bytes: Uint8Array, at: number): Uint8Array {
  const parts: Uint8Array[] = [];
  for (let from = at; bytes[from] > 0; from += 1 + bytes[from])
    parts.push(bytes.subarray(from + 1, from + 1 + bytes[from]));
  return concatenate(parts);
}

/** Variable-length LZW (GIF89a specification, appendix F) to `count` colour indices. @throws UnusableFile when the data is not whole. */
function unpackLzw(data: Uint8Array, rootBits: number, count: number): Uint8Array {
  if (rootBits < 1 || rootBits > 8) throw new UnusableFile(DAMAGED);
  const clear = 2 ** rootBits;
  // Each code above the roots is an earlier code and one more index.
  const prefix = new Uint16Array(MAX_CODES);
  const suffix = new Uint8Array(MAX_CODES);
  for (let i = 0; i < clear; i++) suffix[i] = i;
  const reversed = new Uint8Array(MAX_CODES + 1);
  const out = new Uint8Array(count);
  let written = 0;
  let next = clear + 2;
  let width = rootBits + 1;
  let previous = -1;
  let first = 0;
  let bits = 0;
  let held = 0;
  let at = 0;
  while (written < count) {
    while (held < width) {
      if (at >= data.length) throw new UnusableFile(DAMAGED);
      bits |= data[at++] << held;
      held += 8;
    }
    const code = bits & (2 ** width - 1);
    bits >>>= width;
    held -= width;
    if (code === clear) {
      next = clear + 2;
      width = rootBits + 1;
      previous = -1;
      continue;
    }
    const isNew = code === next && previous >= 0 && next < MAX_CODES;
    if (code === clear + 1 || (code >= next && !isNew)) throw new UnusableFile(DAMAGED);
    let length = 0;
    // A code that is only now being defined stands for the previous string and its own first index.
    if (isNew) reversed[length++] = first;
    let walk = isNew ? previous : code;
    for (; walk > clear; walk = prefix[walk]) reversed[length++] = suffix[walk];
    first = suffix[walk];
    reversed[length++] = first;
    while (length > 0 && written < count) out[written++] = reversed[--length];
    if (previous >= 0 && next < MAX_CODES) {
      prefix[next] = previous;
      suffix[next] = first;
      next++;
      if (next === 2 ** width && width < 12) width++;
    }
    previous = code;
  }
  return out;
}

/** The row of each stored row of an interlaced picture: four passes. */
function interlacedRows(height: number): number[] {
  const rows: number[] = [];
  for (const [start, step] of [
    [0, 8],
    [4, 8],
    [2, 4],
    [1, 2],
  ]) {
    for (let y = start; y < height; y += step) rows.push(y);
  }
  return rows;
}

/**
 * Decodes the first frame of a GIF onto its canvas, which is transparent outside the frame, as browsers show it.
 * @throws UnusableFile when there is no frame, or when its data is damaged.
 */
export function decodeGif(bytes: Uint8Array): Rgba {
  const { width, height } = readGif(bytes);
  const [frame]: GifFrame[] = [...gifFrames(bytes)];
  const view = viewOf(bytes);
  const [left, top, frameWidth, frameHeight] = [1, 3, 5, 7].map((offset) => view.getUint16(frame.at + offset, true));
  if (frameWidth === 0 || frameHeight === 0) throw new UnusableFile('has no picture in it');
  const flags = view.getUint8(frame.at + 9);
  const localBytes = colorTableBytes(flags);
  const tableAt = localBytes > 0 ? frame.at + 10 : 13;
  const colors = (localBytes > 0 ? localBytes : colorTableBytes(view.getUint8(10))) / 3;
  const dataAt = frame.at + 10 + localBytes;
  const indices = unpackLzw(joinBlocks(bytes, dataAt + 1), view.getUint8(dataAt), frameWidth * frameHeight);
  const rows = (flags & 0x40) === 0 ? null : interlacedRows(frameHeight);

  const rgba = new Uint8Array(width * height * 4);
  for (let i = 0; i < frameHeight; i++) {
    const y = top + (rows === null ? i : rows[i]);
    for (let x = 0; x < frameWidth; x++) {
      const index = indices[i * frameWidth + x];
      if (index === frame.transparent) continue;
      const to = (y * width + left + x) * 4;
      // A file without a colour table, or with too short a one, is black there.
      if (index < colors) for (let c = 0; c < 3; c++) rgba[to + c] = bytes[tableAt + index * 3 + c];
      rgba[to + 3] = 255;
    }
  }
  return { width, height, rgba };
}
