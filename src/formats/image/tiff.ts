import { CUT_SHORT, UnusableFile } from '../unusableFile';
import { type Dimensions, spells, viewOf } from './dimensions';

/** Tags of TIFF 6.0, and those of camera files. */
export const TAG = {
  subfileType: 254,
  width: 256,
  height: 257,
  bits: 258,
  compression: 259,
  photometric: 262,
  stripOffsets: 273,
  orientation: 274,
  samples: 277,
  stripBytes: 279,
  planes: 284,
  palette: 320,
  tileOffsets: 324,
  tileBytes: 325,
  subDirectories: 330,
  extraSamples: 338,
  sampleFormat: 339,
  jpegTables: 347,
  dngVersion: 50706,
} as const;

/** Bytes of a value of each type, by the number of the type. */
const TYPE_BYTES = [0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8, 4];
const SHORT = 3;
const LONG = 4;
/** The sensor's own pattern, and linear data of a sensor. */
const RAW_PHOTOMETRICS = [32803, 34892];

const CONVERT = 'convert it to JPEG or PNG';

export interface TiffDirectory {
  /** Whole numbers of a tag; empty when it is absent or of another type. */
  values(tag: number): readonly number[];
  /** Offset of the pointer to the next directory. */
  readonly nextAt: number;
}

export function isTiff(bytes: Uint8Array): boolean {
  return ['II*\0', 'MM\0*', 'II+\0', 'MM\0+'].some((mark) => spells(bytes, 0, mark));
}

/** The first directory of a file. @throws RangeError when the file ends before it. */
export function readTiffDirectory(bytes: Uint8Array): TiffDirectory {
  const view = viewOf(bytes);
  const isLittle = spells(bytes, 0, 'II');
  const start = view.getUint32(4, isLittle);
  const entries = view.getUint16(start, isLittle);
  const nextAt = start + 2 + entries * 12;
  view.getUint32(nextAt - 4);
  return {
    nextAt,
    values(tag) {
      for (let at = start + 2; at < nextAt; at += 12) {
        if (view.getUint16(at, isLittle) !== tag) continue;
        const type = view.getUint16(at + 2, isLittle);
        const count = view.getUint32(at + 4, isLittle);
        const size = TYPE_BYTES[type] ?? 0;
        const from = size * count <= 4 ? at + 8 : view.getUint32(at + 8, isLittle);
        const read = (i: number) => {
          if (type === SHORT) return view.getUint16(from + i * 2, isLittle);
          return type === LONG ? view.getUint32(from + i * 4, isLittle) : view.getUint8(from + i);
        };
        if (size === 0 || size > 4) return [];
        if (from + size * count > bytes.length) throw new UnusableFile(CUT_SHORT);
        return Array.from({ length: count }, (_, i) => read(i));
      }
      return [];
    },
  };
}

function isRaw(bytes: Uint8Array, directory: TiffDirectory): boolean {
  const isReduced = ((directory.values(TAG.subfileType)[0] ?? 0) & 1) === 1;
  return (
    spells(bytes, 8, 'CR') ||
    directory.values(TAG.dngVersion).length > 0 ||
    (isReduced && directory.values(TAG.subDirectories).length > 0) ||
    RAW_PHOTOMETRICS.includes(directory.values(TAG.photometric)[0])
  );
}

/** The size of the first picture. @throws UnusableFile when its data is not whole, and for camera files. */
export function readTiff(bytes: Uint8Array): Dimensions {
  if (bytes[2] === 43 || bytes[3] === 43) throw new UnusableFile(`is a BigTIFF, which cannot be read: ${CONVERT}`);
  const directory = readTiffDirectory(bytes);
  if (isRaw(bytes, directory)) throw new UnusableFile(`is a camera’s raw file, which cannot be read: ${CONVERT}`);
  // Reading a value throws when it lies past the end of the file.
  for (const tag of Object.values(TAG)) directory.values(tag);
  const [width, height] = [directory.values(TAG.width)[0] ?? 0, directory.values(TAG.height)[0] ?? 0];
  if (width < 1 || height < 1) throw new UnusableFile('is a TIFF without a picture');
  const [offsets, lengths] =
    directory.values(TAG.tileOffsets).length > 0
      ? [directory.values(TAG.tileOffsets), directory.values(TAG.tileBytes)]
      : [directory.values(TAG.stripOffsets), directory.values(TAG.stripBytes)];
  if (offsets.some((offset, i) => offset + (lengths[i] ?? 0) > bytes.length)) throw new UnusableFile(CUT_SHORT);
  return { width, height };
}
