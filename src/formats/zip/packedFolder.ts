import { type ByteSource, readBytes } from '../byteSource';
import { formatBytes } from '../bytes';
import { UnusableFile } from '../unusableFile';
import { readZipDirectory } from './zipDirectory';
import { unpackEntry, type ZipEntry } from './zipEntry';

/** A folder that is packed as .zip. */
export interface PackedFolder {
  readonly archive: ByteSource;
  /** Its files by their paths below the folder. */
  readonly entries: ReadonlyMap<string, ZipEntry>;
}

/** More files than any data set here has images. */
const MOST_FILES = 500_000;

/** Checkpoints and tables of embeddings may be large; what is read is limited by the reader of each file. */
const MOST_FILE_BYTES = 2 ** 32;

/**
 * The folder in an archive that holds the file `marker`: the whole archive, or, where a folder was packed with its name, the one folder in it.
 * Nothing is unpacked. null where no folder holds it.
 * @throws UnusableFile where the archive cannot be read, or any of its files could not be
 */
export async function openPackedFolder(archive: ByteSource, marker: string): Promise<PackedFolder | null> {
  const { entries, skipped } = await readZipDirectory(archive, { files: MOST_FILES, fileBytes: MOST_FILE_BYTES });
  const paths = [...entries, ...skipped].map(({ path }) => path);
  const inFolder = (path: string) => path.endsWith(`/${marker}`) && path.split('/').length === 2;
  const isAtTop = paths.includes(marker);
  const [found, another] = isAtTop ? [marker] : new Set(paths.filter(inFolder));
  if (found === undefined) return null;
  if (another !== undefined) {
    throw new UnusableFile(`holds several folders with a ${marker} (${found}, ${another}): unpack it, and pack one`);
  }
  const [bad] = skipped;
  if (bad !== undefined) throw new UnusableFile(`cannot be used: its “${bad.path.slice(0, 200)}” ${bad.reason}`);
  const folder = found.slice(0, found.length - marker.length);
  const inside = entries.filter(({ path }) => path.startsWith(folder));
  return { archive, entries: new Map(inside.map((entry) => [entry.path.slice(folder.length), entry])) };
}

/**
 * The bytes of one file.
 * @param mostBytes more than such a file can have
 * @throws UnusableFile where it is missing, larger, or damaged
 */
export async function readPacked(
  { archive, entries }: PackedFolder,
  path: string,
  mostBytes: number,
): Promise<Uint8Array> {
  const entry = entries.get(path);
  if (entry === undefined) throw new UnusableFile(`is not complete: its ${path} is missing`);
  if (entry.size > mostBytes) {
    throw new UnusableFile(
      `cannot be used: its ${path} has ${formatBytes(entry.size)}, and such a file has at most ${formatBytes(mostBytes)}`,
    );
  }
  try {
    return unpackEntry(entry, await readBytes(archive, entry.start, entry.end));
  } catch (error) {
    throw error instanceof UnusableFile ? new UnusableFile(`cannot be used: its ${path} ${error.message}`) : error;
  }
}
