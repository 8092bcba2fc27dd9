import { fromBase64url, toBase64url } from './base64url';

/** Rising indices as ranges: “3-7,12”. */
export function rangesOf(images: ArrayLike<number>): string {
  const ranges: string[] = [];
  for (let i = 0; i < images.length; i++) {
    const from = images[i];
    while (images[i + 1] === images[i] + 1) i += 1;
    ranges.push(from === images[i] ? `${from}` : `${from}-${images[i]}`);
  }
  return ranges.join(',');
}

/** The indices of ranges, below `count`; null where the text is not of that form. */
export function imagesOf(ranges: string, count: number): number[] | null {
  const images: number[] = [];
  for (const range of ranges.split(',')) {
    const match = /^(\d+)(?:-(\d+))?$/.exec(range);
    if (match === null) return null;
    const [from, to] = [Number(match[1]), Number(match[2] ?? match[1])];
    if (from > to || to >= count || from <= (images.at(-1) ?? -1)) return null;
    for (let i = from; i <= to; i++) images.push(i);
  }
  return images;
}

/** Begins a text that has a bit for each image. */
const BITS = '*';

/**
 * Rising indices below `count` as the shorter of two texts: ranges with points between them (“3-7.12”), or a bit an image, the first image
 * in the lowest bit of the first byte, as base64url. Neither has a character that a link would have to escape.
 */
export function packImages(images: readonly number[], count: number): string {
  const ranges = rangesOf(images).replaceAll(',', '.');
  if (ranges.length <= count / 6) return ranges;
  const bytes = new Uint8Array(Math.ceil(count / 8));
  for (const image of images) bytes[image >> 3] |= 1 << (image & 7);
  const bits = BITS + toBase64url(bytes);
  return bits.length < ranges.length ? bits : ranges;
}

/** The indices of `packImages`; null where the text is of neither form, names no image, or one that is not below `count`. */
export function unpackImages(text: string, count: number): number[] | null {
  if (!text.startsWith(BITS)) return imagesOf(text.replaceAll('.', ','), count);
  const bytes = fromBase64url(text.slice(1));
  if (bytes?.length !== Math.ceil(count / 8)) return null;
  const images: number[] = [];
  for (let i = 0; i < 8 * bytes.length; i++) if ((bytes[i >> 3] >> (i & 7)) & 1) images.push(i);
  return images.length === 0 || (images.at(-1) ?? 0) >= count ? null : images;
}
