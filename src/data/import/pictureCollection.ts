import { freeMemory } from '../../domain/freeMemory';
import { type PictureFacts, type PictureStorage, placesOf } from '../../domain/imageDataset';
import type { PlacedPixels } from './pictureGroups';
import { type Measures, PictureMeter } from './pictureMeasures';
import { keptPart, type PixelSource, scalePart } from './resample';

/** A decoded picture: its pixels at the size at which it is kept, its original size, and what was measured of it. */
export interface DecodedPicture extends Measures {
  readonly pixels: Uint8Array;
  readonly width: number;
  readonly height: number;
  readonly originalWidth: number;
  readonly originalHeight: number;
}

/** Scales a picture to the size at which it is kept, and measures it, in one reading. */
export function keepPicture(source: PixelSource, storage: PictureStorage): DecodedPicture {
  const { width, height } = source;
  const part = keptPart(width, height, storage);
  const meter = new PictureMeter(width, height);
  const pixels = scalePart(source, part, meter.add);
  return {
    pixels,
    width: part.keptWidth,
    height: part.keptHeight,
    originalWidth: width,
    originalHeight: height,
    ...meter.measures,
  };
}

const UNMEASURED: Measures = { exactHash: [0, 0], perceptualHash: [0, 0], sharpness: 0, brightness: 0 };

/** Scales a picture to the size at which it is kept, and measures nothing, for a picture that is decoded again. */
export function keepAgain(source: PixelSource, storage: PictureStorage): DecodedPicture {
  const { width, height } = source;
  const part = keptPart(width, height, storage);
  return unmeasured(scalePart(source, part), part.keptWidth, part.keptHeight);
}

/** A picture of which nothing else is known. */
export function unmeasured(pixels: Uint8Array, width: number, height: number): DecodedPicture {
  return { pixels, width, height, originalWidth: width, originalHeight: height, ...UNMEASURED };
}

const NO_PIXELS = new Uint8Array(0);

/** The same picture without its pixels, which are kept otherwise. */
export function withoutPixels(picture: DecodedPicture): DecodedPicture {
  return { ...picture, pixels: NO_PIXELS };
}

/** Pictures with what was measured of them, as a data set holds them. */
export type CollectedPictures = PlacedPixels & {
  readonly pixels: Uint8Array<ArrayBuffer>;
  readonly facts: PictureFacts;
};

/** One of the pictures; its pixels are those of the collection. */
export function pictureAt({ pixels, offsets, widths, heights, facts }: CollectedPictures, i: number): DecodedPicture {
  const pair = (words: Uint32Array) => [words[2 * i], words[2 * i + 1]] as const;
  return {
    pixels: pixels.subarray(offsets[i], offsets[i] + 4 * widths[i] * heights[i]),
    width: widths[i],
    height: heights[i],
    originalWidth: facts.widths[i],
    originalHeight: facts.heights[i],
    exactHash: pair(facts.exactHashes),
    perceptualHash: pair(facts.perceptualHashes),
    sharpness: facts.sharpness[i],
    brightness: facts.brightness[i],
  };
}

/** Numbers of each of `count` pictures, without values yet. */
function blankFacts(count: number): PictureFacts {
  return {
    widths: new Uint32Array(count),
    heights: new Uint32Array(count),
    exactHashes: new Uint32Array(2 * count),
    perceptualHashes: new Uint32Array(2 * count),
    sharpness: new Float32Array(count),
    brightness: new Float32Array(count),
  };
}

/** Indices of the pictures in each buffer: those of one batch share theirs. Pictures that are kept compressed have none. */
function byBuffer(pictures: readonly DecodedPicture[]): Map<ArrayBufferLike, number[]> {
  const buffers = new Map<ArrayBufferLike, number[]>();
  for (const [i, { pixels }] of pictures.entries()) {
    if (pixels.length === 0) continue;
    const there = buffers.get(pixels.buffer);
    if (there === undefined) buffers.set(pixels.buffer, [i]);
    else there.push(i);
  }
  return buffers;
}

/**
 * Joins pictures into one array of bytes, in their order. Their own pixels are freed, buffer by buffer, so that there are never two copies of
 * all of them: the pictures that were passed in are of no use afterwards.
 * @throws RangeError when there is no memory for it
 */
export function joinPictures(pictures: readonly DecodedPicture[]): CollectedPictures {
  const places = placesOf(
    Uint16Array.from(pictures, ({ width }) => width),
    Uint16Array.from(pictures, ({ height }) => height),
  );
  const facts = blankFacts(pictures.length);
  for (const [i, picture] of pictures.entries()) {
    facts.widths[i] = picture.originalWidth;
    facts.heights[i] = picture.originalHeight;
    facts.exactHashes.set(picture.exactHash, 2 * i);
    facts.perceptualHashes.set(picture.perceptualHash, 2 * i);
    facts.sharpness[i] = picture.sharpness;
    facts.brightness[i] = picture.brightness;
  }
  const pixels = new Uint8Array(pictures.reduce((sum, picture) => sum + picture.pixels.length, 0));
  for (const indices of byBuffer(pictures).values()) {
    for (const i of indices) pixels.set(pictures[i].pixels, places.offsets[i]);
    freeMemory([pictures[indices[0]].pixels]);
  }
  return { pixels, ...places, facts };
}
