import type { IDBPDatabase } from 'idb';
import { z } from '../domain/zod';
import { Connection, completed } from './connection';
import {
  DamagedFolder,
  FileMissing,
  type FileToKeep,
  type FolderToKeep,
  InterruptedKeep,
  type KeepOptions,
  type KeptFolder,
  type KeptFolders,
  type KeptImageStorage,
  type OpenedFolder,
} from './keptImageStorage';
import { StorageError } from './runStorage';
import type { Schema } from './upgrades';

/** Raised when the files are written in another way; those of later versions are left alone. */
const VERSION = 1;
/** Bytes that are read into memory and written at once. */
const PORTION = 8 * 2 ** 20;
/** Files that are read at once. */
const AT_ONCE = 32;
/** The lock that a tab holds while it keeps images, so that no other tab takes its files for leftovers. */
const LOCK = 'simsiam-lab-kept-images';
const STORES = ['keptImages', 'imageFiles'] as const;

const count = z.int().min(0);

/** An entry of `keptImages`. It is written after the files. */
const entrySchema = z.object({
  version: z.literal(VERSION),
  name: z.string(),
  count,
  bytes: count,
  kept: z.number(),
  /** Bytes of each portion but the last. */
  portion: z.int().min(1),
});
type Entry = z.infer<typeof entrySchema>;

/** What the portions consist of; the value of `imageFiles` after the last portion. */
const listingSchema = z.object({
  paths: z.array(z.string()),
  sizes: z.array(count),
  skipped: z.array(z.object({ path: z.string(), reason: z.string() })),
});
type Listing = z.infer<typeof listingSchema>;

const portionsOf = ({ bytes, portion }: Pick<Entry, 'bytes' | 'portion'>) => Math.ceil(bytes / portion);
const filesOf = (fingerprint: string) => IDBKeyRange.bound([fingerprint, 0], [fingerprint, Number.MAX_SAFE_INTEGER]);
const nameSchema = z.object({ name: z.string() });

/** What the class needs of `navigator.locks`. */
export type Locks = Pick<LockManager, 'request'>;

/**
 * Own images in IndexedDB: the bytes of all files one after the other, cut into portions of equal size, so that a folder of many small files
 * takes few values, and a large archive never has to be in memory. Portions are written as `Blob`s, which browsers keep as files and read only
 * where they are asked to. Where a browser does not store those (WebKit in a private window), they are written as bytes.
 */
export class KeptImageDatabase implements KeptImageStorage {
  readonly #portion: number;
  readonly #locks: Locks | null;
  readonly #connection: Connection;

  /** @param options.portion bytes of a portion; only tests pass another number */
  constructor({ portion = PORTION, locks = pageLocks() }: { portion?: number; locks?: Locks | null } = {}) {
    this.#portion = portion;
    this.#locks = locks;
    this.#connection = new Connection(undefined, (db) => void this.#removeLeftovers(db).catch(() => undefined));
  }

  list(): Promise<KeptFolders> {
    return this.#with(async (db) => {
      const keys = await db.getAllKeys('keptImages');
      const values = await Promise.all(keys.map((key) => db.get('keptImages', key)));
      const folders: KeptFolder[] = [];
      const unreadable: KeptFolders['unreadable'][number][] = [];
      for (const [i, fingerprint] of keys.entries()) {
        const entry = entrySchema.safeParse(values[i]).data;
        if (entry === undefined) unreadable.push({ fingerprint, name: nameIn(values[i]) });
        else folders.push(folderOf(fingerprint, entry));
      }
      return { folders: folders.sort((a, b) => b.kept - a.kept), unreadable };
    });
  }

  async keep(folder: FolderToKeep, options: KeepOptions = {}): Promise<void> {
    const { signal } = options;
    const work = () => this.#with((db) => this.#keep(db, folder, options));
    try {
      if (this.#locks === null) await work();
      else await this.#locks.request(LOCK, signal === undefined ? {} : { signal }, work);
    } catch (error) {
      signal?.throwIfAborted();
      throw error;
    }
  }

  async #keep(db: IDBPDatabase<Schema>, folder: FolderToKeep, { signal, onProgress }: KeepOptions): Promise<void> {
    const { fingerprint, name, count: images, files, skipped } = folder;
    if (entrySchema.safeParse(await db.get('keptImages', fingerprint)).success) return;
    const bytes = files.reduce((sum, { blob }) => sum + blob.size, 0);
    const entry: Entry = { version: VERSION, name, count: images, bytes, kept: Date.now(), portion: this.#portion };
    const listing: Listing = {
      paths: files.map(({ path }) => path),
      sizes: files.map(({ blob }) => blob.size),
      skipped: skipped.map(({ path, reason }) => ({ path, reason })),
    };
    await removeFolder(db, fingerprint);
    try {
      let [number, written] = [0, 0];
      for await (const portion of portionsIn(files, this.#portion)) {
        signal?.throwIfAborted();
        await putPortion(db, [fingerprint, number], portion);
        number += 1;
        written += portion.length;
        onProgress?.(written);
      }
      signal?.throwIfAborted();
      const tx = db.transaction(STORES, 'readwrite', { durability: 'strict' });
      const write = async () => {
        const store = tx.objectStore('imageFiles');
        // Without locks another tab may have removed them as leftovers.
        if ((await store.count(filesOf(fingerprint))) !== number) {
          throw new InterruptedKeep();
        }
        await store.put(listing, [fingerprint, number]);
        await tx.objectStore('keptImages').put(entry, fingerprint);
      };
      await completed(tx, write());
    } catch (error) {
      // If this fails, too, the next opening removes them.
      await removeFolder(db, fingerprint).catch(() => undefined);
      throw error;
    }
  }

  open(fingerprint: string): Promise<OpenedFolder | null> {
    return this.#with(async (db) => {
      const tx = db.transaction(STORES);
      const [stored, values] = await Promise.all([
        tx.objectStore('keptImages').get(fingerprint),
        tx.objectStore('imageFiles').getAll(filesOf(fingerprint)),
        tx.done,
      ]);
      if (stored === undefined) return null;
      const entry = entrySchema.safeParse(stored).data;
      const listing = listingSchema.safeParse(values.pop()).data;
      if (entry === undefined || listing === undefined) throw new DamagedFolder(nameIn(stored));
      const portions = values.map(blobOf);
      const { paths, sizes, skipped } = listing;
      const areWhole =
        paths.length === sizes.length &&
        sizes.reduce((sum, size) => sum + size, 0) === entry.bytes &&
        portions.length === portionsOf(entry) &&
        portions.every((blob, i) => blob.size === Math.min(entry.portion, entry.bytes - i * entry.portion));
      if (!areWhole) throw new DamagedFolder(entry.name);
      let start = 0;
      const files = paths.map((path, i) => {
        const from = start;
        start += sizes[i] ?? 0;
        return { path, blob: cut(portions, entry.portion, from, start) };
      });
      return { name: entry.name, found: [{ files, unreadable: skipped }] };
    });
  }

  async forget(fingerprint: string): Promise<void> {
    await this.#with((db) => removeFolder(db, fingerprint));
  }

  /** Closes the connection; the next call opens a new one. */
  close(): void {
    this.#connection.close();
  }

  async #with<T>(work: (db: IDBPDatabase<Schema>) => Promise<T>): Promise<T> {
    try {
      return await this.#connection.with(work);
    } catch (error) {
      throw error instanceof StorageError && isOwnError(error.cause) ? error.cause : error;
    }
  }

  async #removeLeftovers(db: IDBPDatabase<Schema>): Promise<void> {
    if (this.#locks === null) return removeLeftovers(db);
    await this.#locks.request(LOCK, { ifAvailable: true }, (lock) => (lock === null ? null : removeLeftovers(db)));
  }
}

function pageLocks(): Locks | null {
  return globalThis.navigator?.locks ?? null;
}

/** Whether an error says by itself what happened: it is not one of the storage. */
function isOwnError(error: unknown): boolean {
  return [FileMissing, DamagedFolder, InterruptedKeep].some((type) => error instanceof type);
}

function nameIn(value: unknown): string | null {
  return nameSchema.safeParse(value).data?.name ?? null;
}

function folderOf(fingerprint: string, { name, count: images, bytes, kept }: Entry): KeptFolder {
  return { fingerprint, name, count: images, bytes, kept };
}

function blobOf(value: unknown): Blob {
  if (value instanceof Blob) return value;
  return new Blob(value instanceof ArrayBuffer ? [value] : []);
}

/** The bytes from `start` to before `end` of portions that follow one another. */
function cut(portions: readonly Blob[], size: number, start: number, end: number): Blob {
  const first = Math.floor(start / size);
  const parts = portions
    .slice(first, Math.ceil(end / size))
    .map((blob, i) => blob.slice(Math.max(0, start - (first + i) * size), end - (first + i) * size));
  const [only] = parts;
  return parts.length === 1 && only !== undefined ? only : new Blob(parts);
}

/** A part of a file, to be read to a place in a portion. */
interface Part {
  readonly file: FileToKeep;
  readonly start: number;
  readonly end: number;
  readonly at: number;
}

async function readPart({ file, start, end, at }: Part, portion: Uint8Array): Promise<void> {
  let bytes: ArrayBuffer;
  try {
    bytes = await file.blob.slice(start, end).arrayBuffer();
  } catch (error) {
    throw new FileMissing(file.path, error);
  }
  if (bytes.byteLength !== end - start) throw new FileMissing(file.path, new Error('it has another size'));
  portion.set(new Uint8Array(bytes), at);
}

/** The bytes of all files, one after the other, in portions of `size` bytes; only the last one may be shorter. */
async function* portionsIn(files: readonly FileToKeep[], size: number): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  let parts: Part[] = [];
  let filled = 0;
  const read = async () => {
    const portion = new Uint8Array(filled);
    for (let i = 0; i < parts.length; i += AT_ONCE) {
      await Promise.all(parts.slice(i, i + AT_ONCE).map((part) => readPart(part, portion)));
    }
    parts = [];
    filled = 0;
    return portion;
  };
  for (const file of files) {
    for (let start = 0; start < file.blob.size; ) {
      const end = Math.min(file.blob.size, start + size - filled);
      parts.push({ file, start, end, at: filled });
      filled += end - start;
      start = end;
      if (filled === size) yield await read();
    }
  }
  if (filled > 0) yield await read();
}

async function put(db: IDBPDatabase<Schema>, key: [string, number], value: unknown): Promise<void> {
  const tx = db.transaction('imageFiles', 'readwrite');
  await completed(tx, tx.store.put(value, key));
}

async function putPortion(
  db: IDBPDatabase<Schema>,
  key: [string, number],
  bytes: Uint8Array<ArrayBuffer>,
): Promise<void> {
  try {
    await put(db, key, new Blob([bytes]));
  } catch (error) {
    if (error instanceof DOMException && error.name === 'QuotaExceededError') throw error;
    // WebKit stores no Blobs in a private window.
    await put(db, key, bytes.buffer);
  }
}

async function removeFolder(db: IDBPDatabase<Schema>, fingerprint: string): Promise<void> {
  const tx = db.transaction(STORES, 'readwrite');
  const work = [
    tx.objectStore('keptImages').delete(fingerprint),
    tx.objectStore('imageFiles').delete(filesOf(fingerprint)),
  ];
  await completed(tx, Promise.all(work));
}

/** Removes files without an entry: the tab was closed while they were being kept. */
async function removeLeftovers(db: IDBPDatabase<Schema>): Promise<void> {
  const tx = db.transaction(STORES, 'readwrite');
  const work = async () => {
    const store = tx.objectStore('imageFiles');
    const [entries, files] = await Promise.all([tx.objectStore('keptImages').getAllKeys(), store.getAllKeys()]);
    const kept = new Set(entries);
    const leftovers = new Set(
      files.map(([fingerprint]) => fingerprint).filter((fingerprint) => !kept.has(fingerprint)),
    );
    await Promise.all([...leftovers].map((fingerprint) => store.delete(filesOf(fingerprint))));
  };
  await completed(tx, work());
}
