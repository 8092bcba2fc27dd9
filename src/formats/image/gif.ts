import { UnusableFile } from '../unusableFile';
import { type Dimensions, spells } from './dimensions';

const EXTENSION = 0x21;
const IMAGE = 0x2c;
const TRAILER = 0x3b;

/** Size in bytes of the colour table that a flag byte declares. */
function tableBytes(flags: number): number {
  return (flags & 0x80) === 0 ? 0 : 3 * 2 ** ((flags & 7) + 1);
}

export function isGif(bytes: Uint8Array): boolean {
  return spells(bytes, 0, 'GIF87a') || spells(bytes, 0, 'GIF89a');
}

/** GIF89a specification. Reads all blocks, so that a file that ends inside a block is recognised as cut short. */
export function readGif(bytes: Uint8Array): Dimensions {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const dimensions = { width: view.getUint16(6, true), height: view.getUint16(8, true) };
  let frames = 0;
  let at = 13 + tableBytes(view.getUint8(10));
  while (at < bytes.length) {
    const block = view.getUint8(at);
    if (block === TRAILER) break;
    if (block === EXTENSION) {
      at += 2;
    } else if (block === IMAGE) {
      frames++;
      at += 11 + tableBytes(view.getUint8(at + 9));
    } else {
      throw new UnusableFile('is damaged: it is not a whole GIF');
    }
    for (let length = view.getUint8(at); length > 0; length = view.getUint8(at)) at += 1 + length;
    at++;
  }
  if (frames === 0) throw new UnusableFile('has no picture in it');
  return dimensions;
}
