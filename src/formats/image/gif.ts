import { UnusableFile } from '../unusableFile';
import { type Dimensions, spells, viewOf } from './dimensions';

const EXTENSION = 0x21;
const GRAPHIC_CONTROL = 0xf9;
const IMAGE = 0x2c;
const TRAILER = 0x3b;

/** One frame: where its descriptor stands, and the index that is transparent, if any. */
export interface GifFrame {
  readonly at: number;
  readonly transparent: number | null;
}

/** Size in bytes of the colour table that a flag byte declares. */
export function colorTableBytes(flags: number): number {
  return (flags & 0x80) === 0 ? 0 : 3 * 2 ** ((flags & 7) + 1);
}

export function isGif(bytes: Uint8Array): boolean {
  return spells(bytes, 0, 'GIF87a') || spells(bytes, 0, 'GIF89a');
}

/**
 * The frames of a GIF (GIF89a specification), up to the trailer or to the first byte that begins no block.
 * @throws RangeError when the file ends inside a block.
 */
export function* gifFrames(bytes: Uint8Array): Generator<GifFrame> {
  const view = viewOf(bytes);
  let transparent: number | null = null;
  let at = 13 + colorTableBytes(view.getUint8(10));
  while (at < bytes.length) {
    const block = view.getUint8(at);
    const frame = block === IMAGE ? { at, transparent } : null;
    if (block === EXTENSION) {
      const isControl = view.getUint8(at + 1) === GRAPHIC_CONTROL;
      if (isControl) transparent = (view.getUint8(at + 3) & 1) === 1 ? view.getUint8(at + 6) : null;
      at += 2;
    } else if (frame !== null) {
      at += 11 + colorTableBytes(view.getUint8(at + 9));
      transparent = null;
    } else if (block === TRAILER || block !== 0) {
      return;
    } else {
      // Some encoders write an empty block too many.
      at++;
      continue;
    }
    for (let length = view.getUint8(at); length > 0; length = view.getUint8(at)) at += 1 + length;
    at++;
    if (frame !== null) yield frame;
  }
}

/**
 * The size of the canvas, which grows where the first frame reaches past it. Reads all blocks, so that a file that ends inside a block is
 * recognised as cut short.
 * @throws UnusableFile when there is no frame.
 */
export function readGif(bytes: Uint8Array): Dimensions {
  const view = viewOf(bytes);
  const [first] = [...gifFrames(bytes)];
  if (first === undefined) throw new UnusableFile('has no picture in it');
  const reach = (offset: number) =>
    view.getUint16(first.at + 1 + offset, true) + view.getUint16(first.at + 5 + offset, true);
  return {
    width: Math.max(view.getUint16(6, true), reach(0)),
    height: Math.max(view.getUint16(8, true), reach(2)),
  };
}
