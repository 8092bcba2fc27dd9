import { Inflate } from 'fflate';
import { CUT_SHORT, UnusableFile } from '../unusableFile';
import { crc32 } from './crc32';

/** One file of a .zip archive, from the archive's directory. */
export interface ZipEntry {
  readonly path: string;
  /** Size when unpacked. */
  readonly size: number;
  readonly compressedSize: number;
  readonly crc: number;
  readonly method: typeof STORED | typeof DEFLATED;
  /** The bytes of the archive that belong to this entry alone: from its local header to the next entry. */
  readonly start: number;
  readonly end: number;
  /** Whether the sizes may be those of a file above 4 GiB, modulo 2^32. */
  readonly mayBeLarger: boolean;
}

export const STORED = 0;
export const DEFLATED = 8;

const TOO_LARGE = 'is too large: more than 4 GB';
const DAMAGED = 'is damaged in the archive';
export const LOCAL_HEADER = 0x04034b50;
export const LOCAL_HEADER_BYTES = 30;

/** Compressed bytes unpacked at a time; they may unpack to a thousand times as many before the size is checked. */
const PIECE = 2 ** 14;

function inflate(packed: Uint8Array, size: number): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(size);
  let length = 0;
  const stream = new Inflate((chunk) => {
    if (length + chunk.length > size) {
      throw new UnusableFile('unpacks to more than the archive says, as zip bombs do');
    }
    out.set(chunk, length);
    length += chunk.length;
  });
  try {
    for (let at = 0; at < packed.length; at += PIECE) {
      stream.push(packed.subarray(at, at + PIECE), at + PIECE >= packed.length);
    }
  } catch (error) {
    throw error instanceof UnusableFile ? error : new UnusableFile(DAMAGED);
  }
  if (length !== size) throw new UnusableFile(DAMAGED);
  return out;
}

/**
 * Unpacks one entry.
 * @param region the archive's bytes from `entry.start` to `entry.end`.
 * @throws UnusableFile when the bytes do not match the directory, or unpack to more than it states.
 */
export function unpackEntry(entry: ZipEntry, region: Uint8Array): Uint8Array {
  try {
    return unpack(entry, region);
  } catch (error) {
    // An image beside a gap of that size unpacks; what does not is a part of a larger file.
    if (entry.mayBeLarger && error instanceof UnusableFile) throw new UnusableFile(TOO_LARGE);
    throw error;
  }
}

function unpack(entry: ZipEntry, region: Uint8Array): Uint8Array {
  if (region.length < LOCAL_HEADER_BYTES) throw new UnusableFile(CUT_SHORT);
  const view = new DataView(region.buffer, region.byteOffset, region.byteLength);
  if (view.getUint32(0, true) !== LOCAL_HEADER) throw new UnusableFile(DAMAGED);
  // The local name and extra field may be longer than the directory's.
  const start = LOCAL_HEADER_BYTES + view.getUint16(26, true) + view.getUint16(28, true);
  const packed = region.subarray(start, start + entry.compressedSize);
  if (packed.length < entry.compressedSize)
    throw new UnusableFile('overlaps another file of the archive, as zip bombs do');
  const bytes = entry.method === STORED ? packed : inflate(packed, entry.size);
  if (bytes.length !== entry.size || crc32(bytes) !== entry.crc) throw new UnusableFile(DAMAGED);
  return bytes;
}
