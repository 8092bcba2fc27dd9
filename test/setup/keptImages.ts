import {
  DamagedFolder,
  type FolderToKeep,
  type KeepOptions,
  type KeptFolders,
  type KeptImageStorage,
  type OpenedFolder,
} from '../../src/storage/keptImageStorage';

/** Kept images in memory. */
export class MemoryImages implements KeptImageStorage {
  readonly kept = new Map<string, FolderToKeep>();
  /** Fingerprints of kept images that are damaged. */
  readonly damaged = new Set<string>();
  /** What writing waits for, or fails with. */
  writing: (options: KeepOptions) => Promise<void> = async () => {};

  async list(): Promise<KeptFolders> {
    const all = [...this.kept.values()].map(({ fingerprint, name, count, files }, kept) => {
      return { fingerprint, name, count, kept, bytes: files.reduce((sum, { blob }) => sum + blob.size, 0) };
    });
    return { folders: all.reverse(), unreadable: [] };
  }

  async keep(folder: FolderToKeep, options: KeepOptions = {}): Promise<void> {
    await this.writing(options);
    options.signal?.throwIfAborted();
    this.kept.set(folder.fingerprint, folder);
  }

  async open(fingerprint: string): Promise<OpenedFolder | null> {
    const folder = this.kept.get(fingerprint);
    if (folder === undefined) return null;
    if (this.damaged.has(fingerprint)) throw new DamagedFolder(folder.name);
    const files = folder.files.map(({ path, blob }) => ({ path, blob: blob as Blob }));
    return { name: folder.name, found: [{ files, unreadable: folder.skipped }] };
  }

  async forget(fingerprint: string): Promise<void> {
    this.kept.delete(fingerprint);
  }
}

/** The small storage of a page, in memory. */
export function memoryPageStorage(): Pick<Storage, 'getItem' | 'setItem'> {
  const values = new Map<string, string>();
  return { getItem: (key) => values.get(key) ?? null, setItem: (key, value) => void values.set(key, value) };
}
