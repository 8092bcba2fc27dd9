import { CUT_SHORT, UnusableFile } from '../unusableFile';
import { type BmpHeader, bmpStride, readBmpHeader } from './bmp';
import { type Rgba, viewOf } from './dimensions';

/** Reads one channel of a pixel's 16 or 32 bits, scaled to 0..255; `absent` where the mask is empty. */
function channelReader(mask: number, absent: number): (pixel: number) => number {
  if (mask === 0) return () => absent;
  const shift = 31 - Math.clz32(mask & -mask);
  const most = mask >>> shift;
  return (pixel) => Math.round((((pixel & mask) >>> shift) * 255) / most);
}

/** Sets a pixel to a colour of the palette; indices past its end are black. */
function setColor(
  bytes: Uint8Array,
  { paletteAt, paletteStep, colors }: BmpHeader,
  index: number,
  out: Uint8Array,
  to: number,
): void {
  out[to + 3] = 255;
  if (index >= colors) return;
  const blue = paletteAt + index * paletteStep;
  for (let c = 0; c < 3; c++) out[to + c] = bytes[blue + 2 - c];
}

function decodePlain(bytes: Uint8Array, header: BmpHeader, out: Uint8Array): void {
  const { width, height, bits, pixelsAt, isTopDown } = header;
  const view = viewOf(bytes);
  const stride = bmpStride(header);
  const usual = bits === 16 ? [0x7c00, 0x3e0, 0x1f, 0] : [0xff0000, 0xff00, 0xff, 0];
  const channels = (header.masks ?? usual).map((mask, i) => channelReader(mask, i === 3 ? 255 : 0));
  for (let y = 0; y < height; y++) {
    const row = pixelsAt + (isTopDown ? y : height - 1 - y) * stride;
    for (let x = 0; x < width; x++) {
      const to = (y * width + x) * 4;
      if (bits === 24) {
        const blue = row + x * 3;
        out[to] = bytes[blue + 2];
        out[to + 1] = bytes[blue + 1];
        out[to + 2] = bytes[blue];
        out[to + 3] = 255;
      } else if (bits >= 16) {
        const pixel = bits === 16 ? view.getUint16(row + x * 2, true) : view.getUint32(row + x * 4, true);
        for (let c = 0; c < 4; c++) out[to + c] = channels[c](pixel);
      } else {
        const shift = 8 - bits - ((x * bits) % 8);
        setColor(bytes, header, (bytes[row + Math.floor((x * bits) / 8)] >>> shift) & (2 ** bits - 1), out, to);
      }
    }
  }
}

/** RLE4, RLE8, and the RLE24 of OS/2. Pixels that the runs pass over stay transparent. @throws UnusableFile when the data ends too early. */
function decodeRuns(bytes: Uint8Array, header: BmpHeader, out: Uint8Array): void {
  const { width, height, bits, isTopDown } = header;
  let at = header.pixelsAt;
  let x = 0;
  let y = 0;
  const next = () => {
    if (at >= bytes.length) throw new UnusableFile(CUT_SHORT);
    return bytes[at++];
  };
  const set = (from: number, index: number) => {
    if (x < width) {
      const to = ((isTopDown ? y : height - 1 - y) * width + x) * 4;
      if (bits === 24) {
        for (let c = 0; c < 3; c++) out[to + c] = bytes[from + 2 - c];
        out[to + 3] = 255;
      } else setColor(bytes, header, index, out, to);
    }
    x++;
  };
  /** Sets `count` pixels of the data at the present place, of which the first `period` repeat. */
  const run = (count: number, period: number) => {
    const start = at;
    at += Math.ceil((Math.min(count, period) * bits) / 8);
    if (at > bytes.length) throw new UnusableFile(CUT_SHORT);
    for (let i = 0; i < count; i++) {
      const place = i % period;
      const from = start + Math.floor((place * bits) / 8);
      set(from, bits === 4 ? (bytes[from] >>> (place % 2 === 0 ? 4 : 0)) & 15 : bytes[from]);
    }
  };
  while (y < height) {
    const count = next();
    if (count > 0) {
      // A run of RLE4 alternates between the two halves of its byte, which a run of one pixel has in full.
      const start = at;
      run(count, bits === 4 ? 2 : 1);
      at = start + (bits === 24 ? 3 : 1);
      continue;
    }
    const order = next();
    if (order === 0) {
      x = 0;
      y++;
    } else if (order === 1) {
      return;
    } else if (order === 2) {
      x += next();
      y += next();
    } else {
      const start = at;
      run(order, order);
      // Padded to an even length.
      at += (at - start) % 2;
    }
  }
}

/**
 * Decodes a BMP of 1, 2, 4, 8, 16, 24 or 32 bits a pixel, also run-length coded, the same on the page and under Node: the decoders of browsers
 * differ, and sharp has none. The colours are taken as sRGB, whatever profile the header names.
 * @throws UnusableFile for rare codings, and for data that ends too early.
 */
export function decodeBmp(bytes: Uint8Array): Rgba {
  const header = readBmpHeader(bytes);
  const rgba = new Uint8Array(header.width * header.height * 4);
  if (header.coding === 'runs') decodeRuns(bytes, header, rgba);
  else {
    decodePlain(bytes, header, rgba);
    // A picture of which nothing would show was written with an unused alpha channel.
    if (rgba.every((value, i) => i % 4 !== 3 || value === 0)) for (let i = 3; i < rgba.length; i += 4) rgba[i] = 255;
  }
  return { width: header.width, height: header.height, rgba };
}
