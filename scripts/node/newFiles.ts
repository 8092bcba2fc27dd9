import { closeSync, fsyncSync, mkdirSync, openSync, readdirSync, renameSync, rmSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';

interface OpenFile {
  readonly part: string;
  readonly opened: number;
}

/**
 * Files that are written together, in pieces: each beside its place, from where `commit` renames it. Until then nothing is there that was not
 * there before, and files of the same names are kept.
 */
export class NewFiles {
  readonly #files = new Map<string, OpenFile>();
  /** Folders that were made for the files, outermost first. */
  readonly #folders: string[] = [];

  /** Appends to a file, and makes it and its folder where it is new. @throws Error of the file system, with the path */
  append(file: string, bytes: Uint8Array): void {
    const { opened } = this.#files.get(file) ?? this.#begin(file);
    for (let at = 0; at < bytes.length; ) at += writeSync(opened, bytes, at);
  }

  #begin(file: string): OpenFile {
    const made = mkdirSync(dirname(file), { recursive: true });
    if (made !== undefined) this.#folders.push(made);
    const part = `${file}.${process.pid}.part`;
    const begun = { part, opened: openSync(part, 'w') };
    this.#files.set(file, begun);
    return begun;
  }

  /** Puts all files in their places. */
  commit(): void {
    for (const { opened } of this.#files.values()) {
      fsyncSync(opened);
      closeSync(opened);
    }
    for (const [file, { part }] of this.#files) renameSync(part, file);
    this.#files.clear();
  }

  /** Removes what is not committed. */
  abort(): void {
    for (const { part, opened } of this.#files.values()) {
      try {
        closeSync(opened);
      } catch {
        // It is closed already.
      }
      rmSync(part, { force: true });
    }
    this.#files.clear();
    for (const folder of this.#folders) removeEmpty(folder);
  }
}

/** Removes a folder with the folders in it, where it holds no file. */
function removeEmpty(folder: string): void {
  const holdsFiles = readdirSync(folder, { recursive: true, withFileTypes: true }).some(
    (entry) => !entry.isDirectory(),
  );
  if (!holdsFiles) rmSync(folder, { recursive: true });
}

/** Runs `work`; where it fails or the process is interrupted, none of its files is left. */
export async function writingNewFiles<T>(work: (files: NewFiles) => Promise<T>): Promise<T> {
  const files = new NewFiles();
  const interrupted = () => {
    files.abort();
    process.exit(130);
  };
  process.once('SIGINT', interrupted);
  try {
    const result = await work(files);
    files.commit();
    return result;
  } catch (error) {
    files.abort();
    throw error;
  } finally {
    process.off('SIGINT', interrupted);
  }
}
