import type { SkippedFile } from '../domain/imageDataset';
import type { ByteSource } from '../formats/byteSource';
import { isSystemPath } from '../formats/systemPaths';
import { breathe } from './import/breathe';
import { ImportError } from './importError';
import { nameOfRoots, type Root } from './nameOfRoots';

/** One file, not yet read. */
export interface SourceFile {
  /** Path with `/` between folders, beginning with the dropped folder's own name; the bare name for a single file. */
  readonly path: string;
  /** In the page a `File` on disk; structured-cloneable, so that a worker can read it. */
  readonly blob: ByteSource;
}

/** A portion of what was found. */
export interface FoundFiles {
  readonly files: readonly SourceFile[];
  /** Files and folders that could not be opened. */
  readonly unreadable: readonly SkippedFile[];
}

/** What a person dropped or picked, ready for `importImages`. */
export interface ImageSources {
  /** The name to show: the folder's or the archive's, else e.g. “12 files” (`nameOfRoots`). */
  readonly name: string;
  /** The files, portion by portion, while folders are still being walked. It can be read several times. */
  readonly found: Iterable<FoundFiles> | AsyncIterable<FoundFiles>;
}

const NOTHING_THERE = 'There are no files in this drop. Drop a folder, image files or a .zip archive.';
const UNREADABLE = 'could not be opened: it may have been moved, or reading it is not allowed';

/** How many picked files make a portion. */
const PORTION = 500;

/** How many dropped files are opened at once. With 100 the page of Chromium was blocked for 0.6 s at a time, and the walk was no faster. */
const AT_ONCE = 4;

function readFile(entry: FileSystemFileEntry): Promise<File> {
  return new Promise((resolve, reject) => entry.file(resolve, reject));
}

function readSomeEntries(reader: FileSystemDirectoryReader): Promise<FileSystemEntry[]> {
  return new Promise((resolve, reject) => reader.readEntries(resolve, reject));
}

/** An entry with its path. */
interface Place {
  readonly entry: FileSystemEntry;
  readonly path: string;
}

/** Opens a few files at once: the requests to the browser's main process overlap, and their answers do not block the page for long. */
async function openFiles(places: readonly Place[]): Promise<FoundFiles> {
  const opened = await Promise.allSettled(places.map(({ entry }) => readFile(entry as FileSystemFileEntry)));
  const files: SourceFile[] = [];
  const unreadable: SkippedFile[] = [];
  for (const [i, result] of opened.entries()) {
    const { path } = places[i];
    if (result.status === 'fulfilled') files.push({ path, blob: result.value });
    else unreadable.push({ path, reason: UNREADABLE });
  }
  return { files, unreadable };
}

/** The entries of a folder in the browser's portions: at most 100 each, and an empty one at the end. */
async function* readPortions(folder: FileSystemDirectoryEntry): AsyncGenerator<FileSystemEntry[]> {
  const reader = folder.createReader();
  for (let some = await readSomeEntries(reader); some.length > 0; some = await readSomeEntries(reader)) yield some;
}

/** Walks dropped entries, folders within folders included; hidden and system files are left out. */
export async function* walkEntries(roots: readonly FileSystemEntry[]): AsyncGenerator<FoundFiles> {
  // A folder that was dropped itself is read even if its name is hidden or a system name.
  const wanted = roots.filter((entry) => entry.isDirectory || !isSystemPath(entry.name));
  const folders: Place[] = [];
  async function* sortOut(entries: readonly FileSystemEntry[], below: string): AsyncGenerator<FoundFiles> {
    const places = entries.map((entry) => ({ entry, path: below + entry.name }));
    folders.push(...places.filter(({ entry }) => entry.isDirectory));
    const files = places.filter(({ entry }) => !entry.isDirectory);
    for (let i = 0; i < files.length; i += AT_ONCE) yield await openFiles(files.slice(i, i + AT_ONCE));
  }
  yield* sortOut(wanted, '');
  for (let next = folders.pop(); next !== undefined; next = folders.pop()) {
    const { entry, path } = next;
    try {
      for await (const some of readPortions(entry as FileSystemDirectoryEntry)) {
        const children = some.filter(({ name }) => !isSystemPath(name));
        yield* sortOut(children, `${path}/`);
      }
    } catch {
      yield { files: [], unreadable: [{ path, reason: UNREADABLE }] };
    }
  }
}

/**
 * A walk that can be read several times, also by two readers at once. What was found is kept, and the walk goes on only as far as somebody
 * reads.
 */
class SharedWalk implements AsyncIterable<FoundFiles> {
  readonly #walk: AsyncIterator<FoundFiles>;
  /** The portions that were read or requested, in their order; the last one may be the end. */
  readonly #portions: Promise<IteratorResult<FoundFiles>>[] = [];

  constructor(walk: AsyncIterable<FoundFiles>) {
    this.#walk = walk[Symbol.asyncIterator]();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<FoundFiles> {
    for (let i = 0; ; i++) {
      this.#portions[i] ??= this.#walk.next();
      const { done, value } = await this.#portions[i];
      if (done === true) return;
      yield value;
    }
  }
}

/**
 * The files of a drop: folders (nested), single files, archives. Call it inside the drop handler: the entries are taken
 * before the first `await`, after which browsers empty the `DataTransfer`. Folders are walked while the result is read.
 * @throws ImportError when the drop holds no files (e.g. dragged text).
 */
export async function sourcesFromDrop(transfer: DataTransfer): Promise<ImageSources> {
  const entries: FileSystemEntry[] = [];
  const loose: File[] = [];
  for (const item of transfer.items) {
    if (item.kind !== 'file') continue;
    const entry = item.webkitGetAsEntry();
    const file = entry === null ? item.getAsFile() : null;
    if (entry !== null) entries.push(entry);
    else if (file !== null) loose.push(file);
  }
  const roots: Root[] = [
    ...entries.map(({ name, isDirectory }) => ({ name, isFolder: isDirectory })),
    ...loose.map(({ name }) => ({ name, isFolder: false })),
  ];
  if (roots.length === 0) throw new ImportError(NOTHING_THERE);
  async function* walk(): AsyncGenerator<FoundFiles> {
    yield { files: loose.map((file) => ({ path: file.name, blob: file })), unreadable: [] };
    yield* walkEntries(entries);
  }
  return { name: nameOfRoots(roots), found: new SharedWalk(walk()) };
}

/**
 * The files of an `<input type="file">`, with `webkitdirectory` or without.
 * @throws ImportError when the list is empty.
 */
export async function sourcesFromFileList(list: FileList | readonly File[]): Promise<ImageSources> {
  const found: FoundFiles[] = [];
  let files: SourceFile[] = [];
  const roots = new Map<string, Root>();
  let seen = 0;
  for (const file of list) {
    const path = file.webkitRelativePath || file.name;
    const [root = path] = path.split('/', 1);
    roots.set(root, { name: root, isFolder: root !== path });
    const belowRoot = path === root ? path : path.slice(root.length + 1);
    if (!isSystemPath(belowRoot)) files.push({ path, blob: file });
    seen++;
    if (seen % PORTION === 0) {
      found.push({ files, unreadable: [] });
      files = [];
      await breathe();
    }
  }
  if (roots.size === 0) throw new ImportError('This folder is empty. Choose a folder with images in it.');
  found.push({ files, unreadable: [] });
  return { name: nameOfRoots([...roots.values()]), found };
}
