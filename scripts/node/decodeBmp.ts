import { readBmp } from '../../src/formats/image/bmp';
import { UnusableFile } from '../../src/formats/unusableFile';

const FILE_HEADER = 14;
const CORE_HEADER = 12;
/** Size of the first version of the header whose masks may include an alpha channel. */
const HEADER_WITH_ALPHA = 56;
const UNCOMPRESSED = 0;
const BIT_FIELDS = 3;

/** Reads one channel of a pixel's 16 or 32 bits, scaled to 0..255; `absent` where the mask is empty. */
function channelReader(mask: number, absent: number): (pixel: number) => number {
  if (mask === 0) return () => absent;
  const shift = 31 - Math.clz32(mask & -mask);
  const most = mask >>> shift;
  return (pixel) => Math.round((((pixel & mask) >>> shift) * 255) / most);
}

/**
 * Decodes an uncompressed BMP of 1, 4, 8, 16, 24 or 32 bits a pixel to RGBA: browsers read this format and sharp does not.
 * @throws UnusableFile for run-length encoding, which is rare.
 */
export function decodeBmp(bytes: Uint8Array): Uint8Array {
  const { width, height } = readBmp(bytes);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const headerBytes = view.getUint32(14, true);
  const isCore = headerBytes === CORE_HEADER;
  const isTopDown = !isCore && view.getInt32(22, true) < 0;
  const bits = view.getUint16(isCore ? 24 : 28, true);
  const compression = isCore ? UNCOMPRESSED : view.getUint32(30, true);
  if (compression !== UNCOMPRESSED && compression !== BIT_FIELDS) {
    throw new UnusableFile('is a run-length coded BMP, which cannot be read here: convert it to PNG');
  }
  const pixelsAt = view.getUint32(10, true);
  const stride = Math.ceil((width * bits) / 32) * 4;
  const paletteAt = FILE_HEADER + headerBytes;
  const paletteStep = isCore ? 3 : 4;
  const usual = bits === 16 ? [0x7c00, 0x3e0, 0x1f] : [0xff0000, 0xff00, 0xff];
  const masks = compression === BIT_FIELDS ? [54, 58, 62].map((at) => view.getUint32(at, true)) : usual;
  const hasAlpha = compression === BIT_FIELDS && headerBytes >= HEADER_WITH_ALPHA;
  const channels = masks.map((mask) => channelReader(mask, 0));
  const alpha = channelReader(hasAlpha ? view.getUint32(66, true) : 0, 255);

  const out = new Uint8Array(width * height * 4);
  for (let y = 0; y < height; y++) {
    const row = pixelsAt + (isTopDown ? y : height - 1 - y) * stride;
    for (let x = 0; x < width; x++) {
      const to = (y * width + x) * 4;
      out[to + 3] = 255;
      if (bits === 16 || bits === 32) {
        const pixel = bits === 16 ? view.getUint16(row + x * 2, true) : view.getUint32(row + x * 4, true);
        for (const [i, read] of channels.entries()) out[to + i] = read(pixel);
        out[to + 3] = alpha(pixel);
        continue;
      }
      const shift = 8 - bits - ((x * bits) % 8);
      const index = bits === 24 ? 0 : (bytes[row + Math.floor((x * bits) / 8)] >>> shift) & (2 ** bits - 1);
      const blue = bits === 24 ? row + x * 3 : paletteAt + index * paletteStep;
      out[to] = bytes[blue + 2];
      out[to + 1] = bytes[blue + 1];
      out[to + 2] = bytes[blue];
    }
  }
  return out;
}
