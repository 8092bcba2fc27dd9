import { UNPACK_FIRST } from '../archives';
import { type ByteSource, readBytes } from '../byteSource';
import { UnusableFile } from '../unusableFile';
import { DIRECTORY_DAMAGED, ENTRY, viewOf } from './records';

/** Where the central directory is, and by how much the offsets in it are too small. */
export interface DirectoryPlace {
  readonly start: number;
  readonly end: number;
  /** Above 0 where data such as a self-extractor precedes the archive, or where offsets are stored modulo 2^32. */
  readonly shift: number;
}

interface EndRecord extends DirectoryPlace {
  /** Number of the part of a split archive that the record is in; 0 for a whole archive. */
  readonly part: number;
  readonly isEmpty: boolean;
  /** Whether the record with its comment ends where the file does. */
  readonly endsFile: boolean;
}

const END = 0x06054b50;
export const END_BYTES = 22;
const END64 = 0x06064b50;
const END64_BYTES = 56;
const LOCATOR64 = 0x07064b50;
const LOCATOR64_BYTES = 20;
const MAX_COMMENT = 0xffff;
const IN_ZIP64 = 0xffff;

/** A directory of 256 MB holds about four million names. */
const MAX_DIRECTORY_BYTES = 256 * 2 ** 20;

/** Records whose directory is looked for; more than a few come only from data that imitates them. */
const MAX_CANDIDATES = 64;

const PARTS = 'join all parts with the program that made them, unpack the result and drop the folder';
const IS_FIRST_PART = `is the first part of a split .zip archive: ${PARTS}`;
const IS_LAST_PART = `is the last part of a split .zip archive, and the other parts (.z01 …) cannot be read: ${PARTS}`;
const IS_NOT_WHOLE =
  'is not a whole .zip archive: its list of files is missing. It is cut short, or a part of a split archive: ' +
  'download it again, or join the parts and unpack them';

/** The zip64 record that the locator before an end record points to; null where there is none. */
async function readEnd64(archive: ByteSource, locator: Uint8Array, locatorAt: number) {
  if (locator.length < LOCATOR64_BYTES) return null;
  const view = viewOf(locator);
  if (view.getUint32(0, true) !== LOCATOR64) return null;
  // With data before the archive, the position in the locator is too small; the record then usually precedes the locator directly.
  for (const at of [Number(view.getBigUint64(8, true)), locatorAt - END64_BYTES]) {
    if (at < 0 || at + END64_BYTES > archive.size) continue;
    const record = viewOf(await readBytes(archive, at, at + END64_BYTES));
    if (record.byteLength < END64_BYTES || record.getUint32(0, true) !== END64) continue;
    return {
      size: Number(record.getBigUint64(40, true)),
      start: Number(record.getBigUint64(48, true)),
      end: at,
      part: record.getUint32(16, true),
    };
  }
  return null;
}

async function readEnd(archive: ByteSource, tail: Uint8Array, at: number, tailStart: number): Promise<EndRecord> {
  const view = viewOf(tail);
  const locatorAt = at - LOCATOR64_BYTES;
  const end64 = locatorAt < 0 ? null : await readEnd64(archive, tail.subarray(locatorAt, at), tailStart + locatorAt);
  const part = view.getUint16(at + 4, true);
  const {
    size,
    start,
    end,
    part: ownPart,
  } = end64 ?? {
    size: view.getUint32(at + 12, true),
    start: view.getUint32(at + 16, true),
    end: tailStart + at,
    part: part === IN_ZIP64 ? 0 : part,
  };
  const shift = end - size - start;
  return {
    start: start + shift,
    end,
    shift,
    part: ownPart,
    isEmpty: size === 0 && view.getUint16(at + 10, true) === 0,
    endsFile: at + END_BYTES + view.getUint16(at + 20, true) === tail.length,
  };
}

async function isDirectory(archive: ByteSource, { start, end, shift, isEmpty }: EndRecord): Promise<boolean> {
  if (shift < 0 || start < 0 || end - start > MAX_DIRECTORY_BYTES) return false;
  if (isEmpty) return true;
  const signature = viewOf(await readBytes(archive, start, start + 4));
  return signature.byteLength === 4 && signature.getUint32(0, true) === ENTRY;
}

/**
 * The order in which records are believed: those that end the file before those with other data behind them, those that list files before
 * empty ones, and those whose offsets fit before the others. A comment or a stored file may hold the signature, or a whole archive.
 */
function rank({ endsFile, isEmpty, shift }: EndRecord): number {
  return (endsFile ? 0 : 4) + (isEmpty ? 2 : 0) + (shift === 0 ? 0 : 1);
}

/**
 * The position of the central directory, from the record at the archive's end.
 * @throws UnusableFile when there is none, or the archive is a part of a split one
 */
export async function findDirectory(archive: ByteSource): Promise<DirectoryPlace> {
  const tailStart = Math.max(0, archive.size - END_BYTES - MAX_COMMENT - LOCATOR64_BYTES);
  const tail = await readBytes(archive, tailStart, archive.size);
  const view = viewOf(tail);
  const records: EndRecord[] = [];
  for (let at = tail.length - END_BYTES; at >= 0; at--) {
    if (view.getUint32(at, true) !== END) continue;
    if (at + END_BYTES + view.getUint16(at + 20, true) > tail.length) continue;
    records.push(await readEnd(archive, tail, at, tailStart));
  }
  if (records.length === 0) {
    const head = viewOf(await readBytes(archive, 0, 4));
    const isFirstPart = head.byteLength === 4 && head.getUint32(0, true) === 0x08074b50;
    throw new UnusableFile(isFirstPart ? IS_FIRST_PART : IS_NOT_WHOLE);
  }
  for (const record of records.toSorted((a, b) => rank(a) - rank(b)).slice(0, MAX_CANDIDATES)) {
    if (!(await isDirectory(archive, record))) continue;
    if (record.part !== 0) throw new UnusableFile(IS_LAST_PART);
    return record;
  }
  const isPart = records.some(({ endsFile, part }) => endsFile && part !== 0);
  throw new UnusableFile(isPart ? IS_LAST_PART : `${DIRECTORY_DAMAGED}. Download it again, or ${UNPACK_FIRST}`);
}
