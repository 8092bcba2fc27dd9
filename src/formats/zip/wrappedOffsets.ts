import { type ByteSource, readBytes } from '../byteSource';
import { type DirectoryRecord, viewOf } from './records';
import { LOCAL_HEADER, LOCAL_HEADER_BYTES } from './zipEntry';

export const WRAP = 2 ** 32;

async function isEntryAt(archive: ByteSource, at: number, { name }: DirectoryRecord): Promise<boolean> {
  const bytes = await readBytes(archive, at, at + LOCAL_HEADER_BYTES + name.length);
  if (bytes.length < LOCAL_HEADER_BYTES + name.length) return false;
  const view = viewOf(bytes);
  if (view.getUint32(0, true) !== LOCAL_HEADER || view.getUint16(26, true) !== name.length) return false;
  return name.every((byte, i) => byte === bytes[LOCAL_HEADER_BYTES + i]);
}

/**
 * The true offsets of records in an archive over 4 GiB without zip64 records, as the Archive Utility of macOS writes it: offsets are stored
 * modulo 2^32. Records are in the order of their entries, so that the number of wraps grows; where it does is found by bisection, reading
 * local headers.
 * @param shift how far the directory lies behind its stored position
 */
export async function unwrapOffsets(
  archive: ByteSource,
  records: readonly DirectoryRecord[],
  shift: number,
): Promise<number[]> {
  const before = shift % WRAP;
  const offsets = records.map(({ offset }) => offset + before);
  const settle = async (from: number, to: number, least: number, most: number): Promise<void> => {
    if (from >= to) return;
    if (least === most) {
      for (let i = from; i < to; i++) offsets[i] += least * WRAP;
      return;
    }
    const middle = (from + to) >> 1;
    let found: number | null = null;
    for (let wraps = least; wraps <= most && found === null; wraps++) {
      if (await isEntryAt(archive, offsets[middle] + wraps * WRAP, records[middle])) found = wraps;
    }
    if (found !== null) offsets[middle] += found * WRAP;
    await settle(from, middle, least, found ?? most);
    await settle(middle + 1, to, found ?? least, most);
  };
  await settle(0, records.length, 0, Math.floor(shift / WRAP));
  return offsets;
}
