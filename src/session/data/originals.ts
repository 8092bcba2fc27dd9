import { folderOf, kindOfLoose, type OpenedArchive, openArchive } from '../../data/import/openArchives';
import { withoutControls } from '../../data/import/paths';
import type { SourceFile } from '../../data/sources';
import { type ByteSource, readBytes } from '../../formats/byteSource';
import { formatBytes } from '../../formats/bytes';
import { UnusableFile } from '../../formats/unusableFile';
import { unpackEntry, type ZipEntry } from '../../formats/zip/zipEntry';
import type { FilesOrigin } from './datasetLoading';

/** A file in an archive is unpacked in memory, on the page, up to this size. */
const MOST_UNPACKED_BYTES = 64 * 2 ** 20;

/** Lists of archives, which take a while to read where they are long. */
const opened = new WeakMap<ByteSource, Promise<OpenedArchive>>();

/**
 * The file of an image, by its name in the data set: its path, without the folder or the archive that was dropped. A file in a .zip archive is
 * unpacked alone.
 * @returns null where there is none of that name, or several; in words, why it cannot be shown where it is in an archive
 */
export async function originalOf(origin: FilesOrigin, name: string): Promise<Blob | string | null> {
  const { found } = await origin.collect();
  const all: SourceFile[] = [];
  for await (const { files } of found) all.push(...files);
  const isNamed = ({ path }: { readonly path: string }) => {
    const shown = withoutControls(path);
    return shown === name || shown.slice(shown.indexOf('/') + 1) === name;
  };
  const matches: (() => Blob | null | Promise<Blob | string>)[] = all.filter(isNamed).map(
    ({ blob }) =>
      () =>
        blob instanceof Blob ? blob : null,
  );
  for (const file of all) {
    if (file.path.includes('/') || (await kindOfLoose(file)) !== 'archive') continue;
    // As the import names them: a single archive is the root, and one among other files a folder.
    const folder = all.length === 1 ? '' : folderOf(file);
    const open = opened.get(file.blob) ?? openArchive(file, '');
    opened.set(file.blob, open);
    for (const { path, source } of (await open).candidates) {
      if ('entry' in source && isNamed({ path: folder + path })) matches.push(() => unpacked(file, source.entry));
    }
  }
  const [only] = matches;
  return only === undefined || matches.length > 1 ? null : only();
}

async function unpacked({ path, blob }: SourceFile, entry: ZipEntry): Promise<Blob | string> {
  const where = `the original in ${path}`;
  if (entry.size > MOST_UNPACKED_BYTES) {
    return `${where} is larger than ${formatBytes(MOST_UNPACKED_BYTES)}: unpack the archive to see it`;
  }
  try {
    return new Blob([Uint8Array.from(unpackEntry(entry, await readBytes(blob, entry.start, entry.end)))]);
  } catch (error) {
    return `${where} ${error instanceof UnusableFile ? error.message : 'cannot be read any more'}`;
  }
}
