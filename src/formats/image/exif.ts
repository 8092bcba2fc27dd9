import { spells, viewOf } from './dimensions';
import type { ImageFormat } from './inspectImage';
import { jpegSegments } from './jpeg';
import { webpExif } from './webp';

const ORIENTATION = 0x112;
const BYTE = 1;
const SHORT = 3;
const LONG = 4;
const APP1 = 0xe1;
const EXIF_MARK = 'Exif\0\0';

/** How the stored rows and columns are turned for showing, as EXIF and TIFF number it: 1 is upright, 6 is turned clockwise by 90°. */
export type Orientation = 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8;

export interface OrientationTag {
  readonly orientation: Orientation;
  /** Offset of the two bytes that name the tag. */
  readonly at: number;
  /** Whether the value has the type that EXIF prescribes: a single SHORT. */
  readonly isRegular: boolean;
}

/** @param value from a file; anything but 1 to 8 counts as upright. */
export function orientationOf(value: number): Orientation {
  return ([1, 2, 3, 4, 5, 6, 7, 8] as const).find((orientation) => orientation === value) ?? 1;
}

function numberAt(view: DataView, at: number, type: number, isLittle: boolean): number {
  switch (type) {
    case BYTE:
      return view.getUint8(at);
    case SHORT:
      return view.getUint16(at, isLittle);
    case LONG:
      return view.getUint32(at, isLittle);
    default:
      return 0;
  }
}

/** The tag in the first directory of EXIF data that begins at `start` with the header of a TIFF; null when there is none. */
function tagIn(bytes: Uint8Array, start: number, end: number): OrientationTag | null {
  const tiff = spells(bytes, start, EXIF_MARK) ? start + EXIF_MARK.length : start;
  const isLittle = spells(bytes, tiff, 'II*\0');
  if (!isLittle && !spells(bytes, tiff, 'MM\0*')) return null;
  const view = viewOf(bytes.subarray(0, end));
  const directory = tiff + view.getUint32(tiff + 4, isLittle);
  const entries = view.getUint16(directory, isLittle);
  for (let i = 0; i < entries; i++) {
    const at = directory + 2 + i * 12;
    if (view.getUint16(at, isLittle) !== ORIENTATION) continue;
    const type = view.getUint16(at + 2, isLittle);
    const count = view.getUint32(at + 4, isLittle);
    return {
      orientation: orientationOf(numberAt(view, at + 8, type, isLittle)),
      at,
      isRegular: type === SHORT && count === 1,
    };
  }
  return null;
}

/** The orientation in the EXIF data of a JPEG or WebP; null when it has none, or when its EXIF data cannot be read. */
export function readOrientation(bytes: Uint8Array, format: ImageFormat): OrientationTag | null {
  try {
    if (format === 'WebP') {
      const chunk = webpExif(bytes);
      return chunk === null ? null : tagIn(bytes, chunk.start, chunk.end);
    }
    if (format !== 'JPEG') return null;
    for (const { marker, at, end } of jpegSegments(bytes)) {
      if (marker === APP1 && spells(bytes, at + 4, EXIF_MARK)) return tagIn(bytes, at + 4, end);
    }
    return null;
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}
