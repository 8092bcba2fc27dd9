import { type ByteSource, readBytes } from '../byteSource';
import { formatBytes } from '../bytes';
import { checkFileSize } from '../image/inspectImage';
import { MAX_FILE_BYTES } from '../limits';
import { isSystemPath } from '../systemPaths';
import { CUT_SHORT, UnusableFile } from '../unusableFile';
import { entryNames } from './entryNames';
import { END_BYTES, findDirectory } from './findDirectory';
import { type DirectoryRecord, parseRecords } from './records';
import { unwrapOffsets, WRAP } from './wrappedOffsets';
import { DEFLATED, LOCAL_HEADER_BYTES, STORED, type ZipEntry } from './zipEntry';

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

/** What an archive may hold. */
export interface ZipLimits {
  readonly files?: number;
  /** Unpacked bytes of one file; those of an image unless it is said otherwise. */
  readonly fileBytes?: number;
}

/** A record with its path and its true position. */
interface PlacedRecord extends DirectoryRecord {
  readonly path: string;
  /** Whether its sizes may be stored modulo 2^32, since so much lies before the next entry. */
  readonly mayBeLarger: boolean;
}

const FLAG_ENCRYPTED = 1;
const UNIX_SYSTEMS = [3, 19];
const FILE_TYPE = 0xf000;
const SYMBOLIC_LINK = 0xa000;
const DOS_FOLDER = 0x10;

/** The most that name and extra field of a local header can take. */
const MAX_NAME_AND_EXTRA = 2 * 0xffff;

/** Files that unpack to more than this ratio and this size are refused as zip bombs; images rarely shrink to a tenth. */
const BOMB_RATIO = 200;
const BOMB_ENTRY_BYTES = 16 * 2 ** 20;
const BOMB_TOTAL_BYTES = 4 * 2 ** 30;

/** Removes `.` and empty parts, e.g. of `./cat//1.png`; a `/` at the beginning or end stays. */
function tidyPath(path: string): string {
  if (!/(^|\/)\.?(\/|$)/.test(path)) return path;
  const parts = path.split('/');
  const inner = parts.filter((part, i) => part !== '.' && (part !== '' || i === 0 || i === parts.length - 1));
  return inner.join('/');
}

/** Refuses paths that lead out of the archive. Nothing is written to disk here, but only malicious archives have such paths. */
function checkPath(path: string): void {
  if (path.split('/').includes('..')) throw new UnusableFile('has a path that leads out of the archive (“..”)');
  if (/^([a-z]:)?\//i.test(path)) throw new UnusableFile('has an absolute path');
}

function isFolder({ path, size, attributes }: PlacedRecord): boolean {
  return path === '' || path.endsWith('/') || (size === 0 && (attributes & DOS_FOLDER) !== 0);
}

function isLink({ system, attributes }: DirectoryRecord): boolean {
  return UNIX_SYSTEMS.includes(system) && ((attributes >>> 16) & FILE_TYPE) === SYMBOLIC_LINK;
}

function toEntry(record: PlacedRecord, next: number, fileBytes: number): ZipEntry {
  const { path, method, size, compressedSize, offset } = record;
  checkPath(path);
  if (isLink(record)) {
    throw new UnusableFile(
      'is a symbolic link, which is not followed inside an archive: pack the file or folder itself',
    );
  }
  if (record.flags & FLAG_ENCRYPTED) throw new UnusableFile('is encrypted: unpack the archive with its password first');
  if (method !== STORED && method !== DEFLATED) {
    throw new UnusableFile(
      `is packed by a method that cannot be read (number ${method}): repack the archive as plain .zip`,
    );
  }
  checkFileSize(size, fileBytes);
  if (size > BOMB_ENTRY_BYTES && size > BOMB_RATIO * compressedSize) {
    throw new UnusableFile(
      `would unpack to ${formatBytes(size)} out of ${formatBytes(compressedSize)}, as zip bombs do`,
    );
  }
  if (offset + compressedSize > next) {
    throw new UnusableFile('overlaps another file of the archive, as zip bombs do');
  }
  const end = Math.min(next, offset + LOCAL_HEADER_BYTES + MAX_NAME_AND_EXTRA + compressedSize);
  const { crc, mayBeLarger } = record;
  return { path, size, compressedSize, crc, method, start: offset, end, mayBeLarger };
}

/** The records by their true positions. */
async function placeRecords(
  archive: ByteSource,
  records: readonly DirectoryRecord[],
  shift: number,
  directoryStart: number,
): Promise<PlacedRecord[]> {
  const paths = entryNames(records);
  const offsets =
    shift < WRAP ? records.map(({ offset }) => offset + shift) : await unwrapOffsets(archive, records, shift);
  const placed = records
    .map((record, i) => ({ ...record, path: tidyPath(paths[i]), offset: offsets[i] }))
    .sort((a, b) => a.offset - b.offset);
  return placed.map((record, i) => {
    const room = (placed[i + 1]?.offset ?? directoryStart) - record.offset - record.compressedSize;
    return { ...record, mayBeLarger: shift >= WRAP && room >= WRAP };
  });
}

/**
 * Lists a .zip archive from its central directory: zip64 too, and over 4 GiB without zip64 as macOS writes it. Nothing is unpacked, and only
 * the end of the archive is read. Entries are in the order of their offsets.
 * @throws UnusableFile when the archive as a whole cannot be used.
 */
export async function readZipDirectory(
  archive: ByteSource,
  { files = Number.POSITIVE_INFINITY, fileBytes = MAX_FILE_BYTES }: ZipLimits = {},
): Promise<ZipDirectory> {
  if (archive.size === 0) throw new UnusableFile('is empty (0 bytes)');
  if (archive.size < END_BYTES) throw new UnusableFile(CUT_SHORT);
  const { start, end, shift } = await findDirectory(archive);
  const stored = parseRecords(await readBytes(archive, start, end));
  if (stored.length > files) {
    throw new UnusableFile(
      `lists ${stored.length.toLocaleString('en')} files, and at most ${files.toLocaleString('en')} are read`,
    );
  }
  const records = await placeRecords(archive, stored, shift, start);
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
    if (isFolder(record) || isHidden(path)) continue;
    try {
      const entry = toEntry(record, records[i + 1]?.offset ?? start, fileBytes);
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
      .filter((name) => name !== '..')
      .join('/'),
  );
}
