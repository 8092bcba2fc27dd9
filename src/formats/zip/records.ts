import { UnusableFile } from '../unusableFile';

/** One record of the central directory as stored. */
export interface DirectoryRecord {
  readonly name: Uint8Array;
  /** Extra fields, not parsed. */
  readonly extra: Uint8Array;
  readonly flags: number;
  readonly method: number;
  readonly crc: number;
  readonly compressedSize: number;
  readonly size: number;
  readonly offset: number;
  /** The system that packed the entry; it says what `attributes` mean. */
  readonly system: number;
  readonly attributes: number;
}

export const ENTRY = 0x02014b50;
const ENTRY_BYTES = 46;
const SIGNATURE = 0x05054b50;
const IN_ZIP64 = 0xffffffff;
const EXTRA_ZIP64 = 1;

export const DIRECTORY_DAMAGED = 'is damaged: its list of files cannot be read';

export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** The content of the first extra field with this id; null where there is none. */
export function extraField(extra: Uint8Array, id: number): Uint8Array | null {
  const view = viewOf(extra);
  for (let at = 0; at + 4 <= extra.length; at += 4 + view.getUint16(at + 2, true)) {
    if (view.getUint16(at, true) === id) return extra.subarray(at + 4, at + 4 + view.getUint16(at + 2, true));
  }
  return null;
}

/** The 64-bit fields of a record whose values do not fit into 32 bits, in their fixed order. */
function zip64Fields(extra: Uint8Array): number[] {
  const field = extraField(extra, EXTRA_ZIP64);
  if (field === null) return [];
  const view = viewOf(field);
  return Array.from({ length: Math.floor(field.length / 8) }, (_, i) => Number(view.getBigUint64(i * 8, true)));
}

/** The records of a central directory. @throws UnusableFile when it is damaged */
export function parseRecords(bytes: Uint8Array): DirectoryRecord[] {
  const view = viewOf(bytes);
  const records: DirectoryRecord[] = [];
  let at = 0;
  while (at + ENTRY_BYTES <= bytes.length && view.getUint32(at, true) === ENTRY) {
    const nameEnd = at + ENTRY_BYTES + view.getUint16(at + 28, true);
    const extraEnd = nameEnd + view.getUint16(at + 30, true);
    if (extraEnd > bytes.length) throw new UnusableFile(DIRECTORY_DAMAGED);
    const extra = bytes.subarray(nameEnd, extraEnd);
    const fields = zip64Fields(extra);
    const field = (offset: number) => {
      const value = view.getUint32(offset, true);
      return value === IN_ZIP64 ? (fields.shift() ?? value) : value;
    };
    // In this order, which is that of the zip64 fields.
    const size = field(at + 24);
    const compressedSize = field(at + 20);
    const offset = field(at + 42);
    records.push({
      name: bytes.subarray(at + ENTRY_BYTES, nameEnd),
      extra,
      flags: view.getUint16(at + 8, true),
      method: view.getUint16(at + 10, true),
      crc: view.getUint32(at + 16, true),
      compressedSize,
      size,
      offset,
      system: bytes[at + 5],
      attributes: view.getUint32(at + 38, true),
    });
    at = extraEnd + view.getUint16(at + 32, true);
  }
  const isSigned = at + 4 <= bytes.length && view.getUint32(at, true) === SIGNATURE;
  if (at < bytes.length && !isSigned) throw new UnusableFile(DIRECTORY_DAMAGED);
  return records;
}
