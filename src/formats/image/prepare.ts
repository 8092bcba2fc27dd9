import { concatenate } from '../concatenate';
import { spells } from './dimensions';
import { type Orientation, readOrientation } from './exif';
import type { ImageFormat } from './inspectImage';
import { CMYK_COMPONENTS, jpegComponents, jpegSegments } from './jpeg';

const APP2 = 0xe2;

/** A file as it is handed to a decoder. */
export interface Prepared {
  readonly bytes: Uint8Array;
  /** How to turn what the decoder returns; 1 where the decoder does it. */
  readonly orientation: Orientation;
}

/** A copy with other bytes at `at`. */
function patched(bytes: Uint8Array, at: number, patch: readonly number[]): Uint8Array {
  const copy = new Uint8Array(bytes);
  copy.set(patch, at);
  return copy;
}

/** A JPEG without the colour profile. */
function withoutProfile(bytes: Uint8Array): Uint8Array {
  const kept: Uint8Array[] = [];
  let from = 0;
  for (const { marker, at, end } of jpegSegments(bytes)) {
    if (marker !== APP2 || !spells(bytes, at + 4, 'ICC_PROFILE\0')) continue;
    kept.push(bytes.subarray(from, at));
    from = end;
  }
  if (from === 0) return bytes;
  return concatenate([...kept, bytes.subarray(from)]);
}

/** The still picture of an animated AVIF: decoders read the first frame of the track instead, or nothing, if the file names itself animated. */
function stillAvif(bytes: Uint8Array): Uint8Array {
  return spells(bytes, 8, 'avis')
    ? patched(
        bytes,
        8,
        [...'avif'].map((letter) => letter.charCodeAt(0)),
      )
    : bytes;
}

/**
 * Takes out of a file what decoders treat in different ways, so that all give the same pixels: an EXIF orientation that not every decoder
 * heeds, the profile of a CMYK JPEG (read as Pillow does, by its inks alone), and the mark of an animated AVIF.
 */
export function prepareForDecoder(bytes: Uint8Array, format: ImageFormat): Prepared {
  if (format === 'AVIF') return { bytes: stillAvif(bytes), orientation: 1 };
  const tag = readOrientation(bytes, format);
  const isLeftToDecoder = format === 'JPEG' && tag?.isRegular;
  const isTurned = tag !== null && tag.orientation !== 1 && !isLeftToDecoder;
  const turned = isTurned ? patched(bytes, tag.at, [0, 0]) : bytes;
  const isCmyk = format === 'JPEG' && jpegComponents(turned) === CMYK_COMPONENTS;
  return { bytes: isCmyk ? withoutProfile(turned) : turned, orientation: isTurned ? tag.orientation : 1 };
}
