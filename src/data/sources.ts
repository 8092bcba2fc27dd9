import type { SkippedFile } from '../domain/imageDataset';
import { isSystemPath } from '../formats/systemPaths';
import { breathe } from './import/breathe';
import { ImportError } from './importError';
import { nameOfRoots, type Root } from './nameOfRoots';

/** One file, not yet read. */
export interface SourceFile {
  /** Path with `/` between folders, beginning with the dropped folder's own name; the bare name for a single file. */
  readonly path: string;
  /** A `File` on disk; structured-cloneable, so that a worker can read it. */
  readonly blob: Blob;
}

/** What a person dropped or picked, ready for `importImages`. */
export interface ImageSources {
  /** The name to show: the folder's or the archive's, else e.g. “12 files” (`nameOfRoots`). */
  readonly name: string;
  readonly files: readonly SourceFile[];
  /** Files and folders that could not be opened. */
  readonly unreadable: readonly SkippedFile[];
}

export interface CollectOptions {
  /** Called from time to time with the number of files found so far. */
  readonly onFound?: (count: number) => void;
  /** Aborting rejects the promise with the signal's reason. */
  readonly signal?: AbortSignal;
}

const NOTHING_THERE = 'There are no files in this drop. Drop a folder, image files or a .zip archive.';

/** How many files to take before giving the main thread a chance to draw. */
const YIELD_EVERY = 500;

function readFile(entry: FileSystemFileEntry): Promise<File> {
  return new Promise((resolve, reject) => entry.file(resolve, reject));
}

function readSomeEntries(reader: FileSystemDirectoryReader): Promise<FileSystemEntry[]> {
  return new Promise((resolve, reject) => reader.readEntries(resolve, reject));
}

/** All entries of a folder: browsers return at most 100 at a time, and an empty list at the end. */
async function readAllEntries(folder: FileSystemDirectoryEntry): Promise<FileSystemEntry[]> {
  const reader = folder.createReader();
  const all: FileSystemEntry[] = [];
  for (;;) {
    const some = await readSomeEntries(reader);
    if (some.length === 0) return all;
    all.push(...some);
  }
}

/**
 * Walks dropped entries, folders within folders included; hidden and system files are left out.
 * @throws the signal's reason when aborted.
 */
export async function walkEntries(
  roots: readonly FileSystemEntry[],
  { onFound, signal }: CollectOptions = {},
): Promise<Pick<ImageSources, 'files' | 'unreadable'>> {
  const files: SourceFile[] = [];
  const unreadable: SkippedFile[] = [];
  const open = roots.map((entry) => ({ entry, path: entry.name, isRoot: true }));
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    signal?.throwIfAborted();
    const { entry, path, isRoot } = next;
    // A folder that was dropped itself is read even if its name is hidden or a system name.
    if (isSystemPath(entry.name) && !(isRoot && entry.isDirectory)) continue;
    try {
      if (entry.isDirectory) {
        const children = await readAllEntries(entry as FileSystemDirectoryEntry);
        for (const child of children) open.push({ entry: child, path: `${path}/${child.name}`, isRoot: false });
      } else {
        files.push({ path, blob: await readFile(entry as FileSystemFileEntry) });
        if (files.length % YIELD_EVERY === 0) onFound?.(files.length);
      }
    } catch {
      unreadable.push({ path, reason: 'could not be opened: it may have been moved, or reading it is not allowed' });
    }
  }
  onFound?.(files.length);
  return { files, unreadable };
}

/**
 * The files of a drop: folders (nested), single files, archives. Call it inside the drop handler: the entries are taken
 * before the first `await`, after which browsers empty the `DataTransfer`.
 * @throws ImportError when the drop holds no files (e.g. dragged text); the signal's reason when aborted.
 */
export function sourcesFromDrop(transfer: DataTransfer, options: CollectOptions = {}): Promise<ImageSources> {
  const entries: FileSystemEntry[] = [];
  const loose: File[] = [];
  for (const item of transfer.items) {
    if (item.kind !== 'file') continue;
    const entry = item.webkitGetAsEntry();
    const file = entry === null ? item.getAsFile() : null;
    if (entry !== null) entries.push(entry);
    else if (file !== null) loose.push(file);
  }
  return collectDrop(entries, loose, options);
}

async function collectDrop(
  entries: readonly FileSystemEntry[],
  loose: readonly File[],
  options: CollectOptions,
): Promise<ImageSources> {
  const roots: Root[] = [
    ...entries.map(({ name, isDirectory }) => ({ name, isFolder: isDirectory })),
    ...loose.map(({ name }) => ({ name, isFolder: false })),
  ];
  if (roots.length === 0) throw new ImportError(NOTHING_THERE);
  const walked = await walkEntries(entries, options);
  const files = [...walked.files, ...loose.map((file) => ({ path: file.name, blob: file }))];
  return { name: nameOfRoots(roots), files, unreadable: walked.unreadable };
}

/**
 * The files of an `<input type="file">`, with `webkitdirectory` or without.
 * @throws ImportError when the list is empty; the signal's reason when aborted.
 */
export async function sourcesFromFileList(
  list: FileList | readonly File[],
  { onFound, signal }: CollectOptions = {},
): Promise<ImageSources> {
  const files: SourceFile[] = [];
  const roots = new Map<string, Root>();
  let seen = 0;
  for (const file of list) {
    const path = file.webkitRelativePath || file.name;
    const [root = path] = path.split('/', 1);
    roots.set(root, { name: root, isFolder: root !== path });
    const belowRoot = path === root ? path : path.slice(root.length + 1);
    if (!isSystemPath(belowRoot)) files.push({ path, blob: file });
    seen++;
    if (seen % YIELD_EVERY === 0) {
      onFound?.(files.length);
      await breathe();
      signal?.throwIfAborted();
    }
  }
  if (roots.size === 0) throw new ImportError('This folder is empty. Choose a folder with images in it.');
  onFound?.(files.length);
  return { name: nameOfRoots([...roots.values()]), files, unreadable: [] };
}
