import type { Dirent } from 'node:fs';
import { readdir, realpath, stat } from 'node:fs/promises';
import { join, sep } from 'node:path';
import type { FoundFiles, SourceFile } from '../../src/data/sources';
import type { SkippedFile } from '../../src/domain/imageDataset';
import { isSystemPath } from '../../src/formats/systemPaths';
import { FileSource } from './fileSource';

/** How many files make a portion. */
const PORTION = 256;

const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'could not be opened: reading it is not allowed',
  EPERM: 'could not be opened: reading it is not allowed',
  ENOENT: 'could not be opened: it was moved or deleted',
  ENAMETOOLONG: 'could not be opened: its path is too long',
  ELOOP: 'is a link that leads to itself',
};

function reasonOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return REASONS[code] ?? `could not be opened (${code || String(error)})`;
}

/** The functions by which folders are read. */
export interface FolderReader {
  list(folder: string): Promise<Dirent[]>;
}

const DISK: FolderReader = { list: (folder) => readdir(folder, { withFileTypes: true }) };

/** A folder that is still to be read. */
interface OpenFolder {
  readonly location: string;
  /** Its path in the data set. */
  readonly path: string;
  /** The true locations of the folder and of those that contain it on the way, by which links in a circle are noticed. */
  readonly chain: readonly string[];
}

/** What an entry of a folder turns out to be. */
type Found = { readonly file: SourceFile } | { readonly folder: OpenFolder } | { readonly unreadable: SkippedFile };

/** Walks one folder: each linked folder outside of it is read once. */
class FolderWalk {
  readonly #reader: FolderReader;
  /** True locations of linked folders that were followed. */
  readonly #followed = new Set<string>();

  constructor(reader: FolderReader) {
    this.#reader = reader;
  }

  async *from(root: OpenFolder): AsyncGenerator<FoundFiles> {
    const folders = [root];
    for (let next = folders.pop(); next !== undefined; next = folders.pop()) {
      let entries: Dirent[];
      try {
        entries = (await this.#reader.list(next.location)).filter(({ name }) => !isSystemPath(name));
      } catch (error) {
        yield { files: [], unreadable: [{ path: next.path, reason: reasonOf(error) }] };
        continue;
      }
      for (let i = 0; i < entries.length; i += PORTION) {
        const parent = next;
        const portion = entries.slice(i, i + PORTION);
        const all = await Promise.all(portion.map((entry) => this.#look(parent, entry)));
        folders.push(...all.flatMap((found) => ('folder' in found ? [found.folder] : [])));
        yield {
          files: all.flatMap((found) => ('file' in found ? [found.file] : [])),
          unreadable: all.flatMap((found) => ('unreadable' in found ? [found.unreadable] : [])),
        };
      }
    }
  }

  async #look(parent: OpenFolder, entry: Dirent): Promise<Found> {
    const location = join(parent.location, entry.name);
    const path = `${parent.path}/${entry.name}`;
    const unreadable = (reason: string): Found => ({ unreadable: { path, reason } });
    try {
      if (entry.isDirectory()) {
        const inside = join(parent.chain.at(-1) ?? '', entry.name);
        return { folder: { location, path, chain: [...parent.chain, inside] } };
      }
      const facts = await stat(location);
      if (facts.isFile()) return { file: { path, blob: new FileSource(location, facts.size) } };
      if (!facts.isDirectory()) return unreadable('is neither a file nor a folder');
      const target = await realpath(location);
      const isCircle = parent.chain.some((folder) => folder === target || folder.startsWith(`${target}${sep}`));
      if (isCircle) return unreadable('is a link to a folder that it lies in: it is not followed');
      if (this.#followed.has(target)) return unreadable('is a link to a folder that was read through another link');
      this.#followed.add(target);
      return { folder: { location, path, chain: [...parent.chain, target] } };
    } catch (error) {
      const isBroken = entry.isSymbolicLink() && error instanceof Error && 'code' in error && error.code === 'ENOENT';
      return unreadable(isBroken ? 'is a link to something that does not exist' : reasonOf(error));
    }
  }
}

/**
 * All files of a folder and of those in it, portion by portion, without hidden and system files. Linked files and folders are read like
 * others; links in a circle, and whatever cannot be opened, are listed with the reason.
 * @param path what the paths of the files begin with
 */
export async function* walkFolder(location: string, path: string, reader = DISK): AsyncGenerator<FoundFiles> {
  yield* new FolderWalk(reader).from({ location, path, chain: [await realpath(location)] });
}
