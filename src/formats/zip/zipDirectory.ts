import { formatBytes } from '../bytes';
import { checkFileSize } from '../image/inspectImage';
import { isSystemPath } from '../systemPaths';
import { CUT_SHORT, UnusableFile } from '../unusableFile';
import { DEFLATED, STORED, type ZipEntry } from './zipEntry';

/** An entry that cannot be used, and why. */
export interface UnusableEntry {
  readonly path: string;
  readonly reason: string;
}

export interface ZipDirectory {
  readonly entries: readonly ZipEntry[];
  /** Entries that cannot be used; folders and system files are left out silently. */
  readonly skipped: readonly UnusableEntry[];
}

const END = 0x06054b50;
const END_BYTES = 22;
const END64 = 0x06064b50;
const LOCATOR64 = 0x07064b50;
const LOCATOR64_BYTES = 20;
const ENTRY = 0x02014b50;
const ENTRY_BYTES = 46;
const MAX_COMMENT = 0xffff;
const IN_ZIP64 = 0xffffffff;
const EXTRA_ZIP64 = 1;
const FLAG_ENCRYPTED = 1;

/** A directory of 256 MB holds about four million names. */
const MAX_DIRECTORY_BYTES = 256 * 2 ** 20;

/** Files that unpack to more than this ratio and this size are refused as zip bombs; images rarely shrink to a tenth. */
const BOMB_RATIO = 200;
const BOMB_ENTRY_BYTES = 16 * 2 ** 20;
const BOMB_TOTAL_BYTES = 4 * 2 ** 30;

const DAMAGED = 'is damaged: its list of files cannot be read';

/** One record of the central directory, not yet checked. */
interface Record {
  readonly path: string;
  readonly flags: number;
  readonly method: number;
  readonly crc: number;
  readonly compressedSize: number;
  readonly size: number;
  readonly offset: number;
}

async function readBytes(archive: Blob, start: number, end: number): Promise<Uint8Array> {
  return new Uint8Array(await archive.slice(start, end).arrayBuffer());
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** The position of the central directory, from the record at the archive's end. */
async function findDirectory(
  archive: Blob,
): Promise<{ readonly start: number; readonly end: number; readonly shift: number }> {
  const tailStart = Math.max(0, archive.size - END_BYTES - MAX_COMMENT - LOCATOR64_BYTES);
  const view = viewOf(await readBytes(archive, tailStart, archive.size));
  let at = view.byteLength - END_BYTES;
  while (
    at >= 0 &&
    !(view.getUint32(at, true) === END && at + END_BYTES + view.getUint16(at + 20, true) <= view.byteLength)
  )
    at--;
  if (at < 0) throw new UnusableFile('is not a whole .zip archive: its list of files is missing');
  let size = view.getUint32(at + 12, true);
  let start = view.getUint32(at + 16, true);
  let end = tailStart + at;
  const locator = at - LOCATOR64_BYTES;
  if (locator >= 0 && view.getUint32(locator, true) === LOCATOR64) {
    const record64 = Number(view.getBigUint64(locator + 8, true));
    const view64 = viewOf(await readBytes(archive, record64, record64 + 56));
    if (view64.byteLength < 56 || view64.getUint32(0, true) !== END64) throw new UnusableFile(DAMAGED);
    size = Number(view64.getBigUint64(40, true));
    start = Number(view64.getBigUint64(48, true));
    end = record64;
  }
  // Data such as a self-extractor may precede the archive; all offsets are then too small by its length.
  const shift = end - size - start;
  if (shift < 0 || size > MAX_DIRECTORY_BYTES) throw new UnusableFile(DAMAGED);
  return { start: start + shift, end, shift };
}

const UTF8 = new TextDecoder('utf-8', { fatal: true });
const LATIN = new TextDecoder('windows-1252');

/** Decodes a name as UTF-8, which nearly all archives use even without the flag for it, else as Windows-1252. */
function decodeName(bytes: Uint8Array): string {
  try {
    return UTF8.decode(bytes);
  } catch {
    return LATIN.decode(bytes);
  }
}

/** The 64-bit fields of a record whose values do not fit into 32 bits, in their fixed order. */
function zip64Fields(view: DataView, start: number, end: number): number[] {
  for (let at = start; at + 4 <= end; at += 4 + view.getUint16(at + 2, true)) {
    if (view.getUint16(at, true) !== EXTRA_ZIP64) continue;
    const count = Math.floor(Math.min(view.getUint16(at + 2, true), end - at - 4) / 8);
    return Array.from({ length: count }, (_, i) => Number(view.getBigUint64(at + 4 + i * 8, true)));
  }
  return [];
}

function parseRecords(bytes: Uint8Array, shift: number): Record[] {
  const view = viewOf(bytes);
  const records: Record[] = [];
  let at = 0;
  while (at + ENTRY_BYTES <= bytes.length && view.getUint32(at, true) === ENTRY) {
    const nameEnd = at + ENTRY_BYTES + view.getUint16(at + 28, true);
    const extraEnd = nameEnd + view.getUint16(at + 30, true);
    if (extraEnd > bytes.length) throw new UnusableFile(DAMAGED);
    const fields = zip64Fields(view, nameEnd, extraEnd);
    const field = (offset: number) => {
      const value = view.getUint32(offset, true);
      return value === IN_ZIP64 ? (fields.shift() ?? value) : value;
    };
    const size = field(at + 24);
    const compressedSize = field(at + 20);
    const offset = field(at + 42) + shift;
    records.push({
      // Archives made on Windows may have backslashes in paths.
      path: decodeName(bytes.subarray(at + ENTRY_BYTES, nameEnd)).replaceAll('\\', '/'),
      flags: view.getUint16(at + 8, true),
      method: view.getUint16(at + 10, true),
      crc: view.getUint32(at + 16, true),
      compressedSize,
      size,
      offset,
    });
    at = extraEnd + view.getUint16(at + 32, true);
  }
  if (at < bytes.length) throw new UnusableFile(DAMAGED);
  return records;
}

/** Refuses paths that lead out of the archive. Nothing is written to disk here, but only malicious archives have such paths. */
function checkPath(path: string): void {
  if (path.split('/').includes('..')) throw new UnusableFile('has a path that leads out of the archive (“..”)');
  if (path.startsWith('/') || /^[a-z]:/i.test(path)) throw new UnusableFile('has an absolute path');
}

function toEntry(record: Record, end: number): ZipEntry {
  const { path, method, size, compressedSize } = record;
  checkPath(path);
  if (record.flags & FLAG_ENCRYPTED) throw new UnusableFile('is encrypted: unpack the archive with its password first');
  if (method !== STORED && method !== DEFLATED) {
    throw new UnusableFile(
      `is packed by a method that cannot be read (number ${method}): repack the archive as plain .zip`,
    );
  }
  checkFileSize(size);
  if (size > BOMB_ENTRY_BYTES && size > BOMB_RATIO * compressedSize) {
    throw new UnusableFile(
      `would unpack to ${formatBytes(size)} out of ${formatBytes(compressedSize)}, as zip bombs do`,
    );
  }
  if (record.offset + compressedSize > end) {
    throw new UnusableFile('overlaps another file of the archive, as zip bombs do');
  }
  return { path, size, compressedSize, crc: record.crc, method, start: record.offset, end };
}

/**
 * Lists a .zip archive (zip64 too) from its central directory. Nothing is unpacked, and only the end of the archive is read.
 * Entries are in the order of their offsets.
 * @throws UnusableFile when the archive as a whole cannot be used.
 */
export async function readZipDirectory(archive: Blob): Promise<ZipDirectory> {
  if (archive.size === 0) throw new UnusableFile('is empty (0 bytes)');
  if (archive.size < END_BYTES) throw new UnusableFile(CUT_SHORT);
  const { start, end, shift } = await findDirectory(archive);
  const records = parseRecords(await readBytes(archive, start, end), shift).sort((a, b) => a.offset - b.offset);
  const total = records.reduce((sum, { size }) => sum + size, 0);
  if (total > BOMB_TOTAL_BYTES && total > BOMB_RATIO * archive.size) {
    throw new UnusableFile(
      `would unpack to ${formatBytes(total)} out of ${formatBytes(archive.size)}, as zip bombs do`,
    );
  }
  const entries: ZipEntry[] = [];
  const skipped: UnusableEntry[] = [];
  const seen = new Set<string>();
  for (const [i, record] of records.entries()) {
    const { path } = record;
    if (path.endsWith('/') || isHidden(path)) continue;
    try {
      const entry = toEntry(record, records[i + 1]?.offset ?? start);
      if (seen.has(path)) throw new UnusableFile('is in the archive more than once: the first one counts');
      seen.add(path);
      entries.push(entry);
    } catch (error) {
      if (!(error instanceof UnusableFile)) throw error;
      skipped.push({ path, reason: error.message });
    }
  }
  return { entries, skipped };
}

/** Whether a path is hidden or of the system. `..` also begins with a dot, but such paths are reported by `checkPath`. */
function isHidden(path: string): boolean {
  return isSystemPath(
    path
      .split('/')
      .filter((name) => name !== '..' && name !== '.')
      .join('/'),
  );
}
