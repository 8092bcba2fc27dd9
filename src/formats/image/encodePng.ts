import { encode } from 'fast-png';

/**
 * A picture as a PNG file of 8-bit RGB, without loss.
 * @param rgba row-major, alpha always 255
 */
export function encodePng(rgba: Uint8Array, width: number, height: number): Uint8Array {
  const rgb = new Uint8Array(3 * width * height);
  for (let from = 0, to = 0; to < rgb.length; from += 4, to += 3) {
    rgb[to] = rgba[from];
    rgb[to + 1] = rgba[from + 1];
    rgb[to + 2] = rgba[from + 2];
  }
  return encode({ width, height, data: rgb, channels: 3 });
}
