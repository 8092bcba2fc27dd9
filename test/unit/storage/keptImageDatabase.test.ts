import 'fake-indexeddb/auto';
import { IDBFactory } from 'fake-indexeddb';
import { openDB } from 'idb';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { KeptImageDatabase, type Locks } from '../../../src/storage/keptImageDatabase';
import type { FileToKeep, FolderToKeep } from '../../../src/storage/keptImageStorage';

/** Bytes of a portion, so small that some files are cut. */
const PORTION = 10;
const OPTIONS = { portion: PORTION, locks: null };
const STORES = ['keptImages', 'imageFiles'] as const;

beforeEach(() => {
  globalThis.indexedDB = new IDBFactory();
});

function file(path: string, size: number): FileToKeep {
  return { path, blob: new Blob([Uint8Array.from({ length: size }, (_, i) => i + path.length)]) };
}

const SKIPPED = [{ path: 'pets/notes.txt', reason: 'is no image' }];
const PETS: FolderToKeep = {
  fingerprint: 'f00',
  name: 'pets',
  count: 3,
  // Within a portion, empty, over several portions, and to the very end of one.
  files: [file('pets/cat.png', 3), file('pets/empty.png', 0), file('pets/dog.png', 34), file('pets/emu.png', 3)],
  skipped: SKIPPED,
};
const OTHERS: FolderToKeep = { ...PETS, fingerprint: 'f01', name: 'others', files: [file('a.png', 25)], skipped: [] };

async function withDatabase<T>(work: (db: Awaited<ReturnType<typeof openDB>>) => Promise<T>): Promise<T> {
  const db = await openDB('simsiam-lab');
  try {
    return await work(db);
  } finally {
    db.close();
  }
}

/** The number of values in each store. */
function counts(): Promise<number[]> {
  return withDatabase((db) => Promise.all(STORES.map((store) => db.count(store))));
}

/** Paths and bytes of kept files. */
async function contents(images: KeptImageDatabase, fingerprint: string) {
  const opened = await images.open(fingerprint);
  const [found] = opened?.found ?? [];
  return Promise.all(
    (found?.files ?? []).map(async ({ path, blob }) => [path, [...new Uint8Array(await blob.arrayBuffer())]]),
  );
}

const written = (folder: FolderToKeep) =>
  Promise.all(
    folder.files.map(async ({ path, blob }) => [
      path,
      [...new Uint8Array(await blob.slice(0, blob.size).arrayBuffer())],
    ]),
  );

/** Locks as browsers have them, for requests of one name. */
class FakeLocks implements Pick<LockManager, 'request'> {
  #isHeld = false;
  request = (async (_: string, options: LockOptions, work: (lock: Lock | null) => unknown) => {
    if (this.#isHeld && options.ifAvailable === true) return work(null);
    this.#isHeld = true;
    try {
      return await work({ name: _, mode: 'exclusive' });
    } finally {
      this.#isHeld = false;
    }
  }) as Locks['request'];
}

describe('kept images', () => {
  it('come back with the same paths, order and bytes, also in a later opening of the page', async () => {
    const first = new KeptImageDatabase(OPTIONS);
    const told: number[] = [];
    await first.keep(PETS, { onProgress: (bytes) => told.push(bytes) });
    expect(told).toEqual([10, 20, 30, 40]);
    first.close();
    const later = new KeptImageDatabase(OPTIONS);
    expect(await later.open('f00')).toMatchObject({ name: 'pets', found: [{ unreadable: SKIPPED }] });
    expect(await contents(later, 'f00')).toEqual(await written(PETS));
    expect(await later.open('other')).toBeNull();
  });

  it('are listed with their sizes, the last kept first, and forgotten one by one', async () => {
    const now = vi.spyOn(Date, 'now').mockReturnValue(1000);
    const images = new KeptImageDatabase(OPTIONS);
    await images.keep(PETS);
    now.mockReturnValue(2000);
    await images.keep(OTHERS);
    now.mockRestore();
    expect(await images.list()).toEqual({
      folders: [
        { fingerprint: 'f01', name: 'others', count: 3, bytes: 25, kept: 2000 },
        { fingerprint: 'f00', name: 'pets', count: 3, bytes: 40, kept: 1000 },
      ],
      unreadable: [],
    });
    await images.forget('f00');
    expect(await images.open('f00')).toBeNull();
    expect(await contents(images, 'f01')).toEqual(await written(OTHERS));
    await images.forget('f01');
    expect(await counts()).toEqual([0, 0]);
  });

  it('are not written again', async () => {
    const images = new KeptImageDatabase(OPTIONS);
    await images.keep(PETS);
    const put = vi.spyOn(IDBObjectStore.prototype, 'put');
    await images.keep(PETS);
    expect(put).not.toHaveBeenCalled();
    put.mockRestore();
  });

  it('are written as bytes where the browser stores no Blobs', async () => {
    const put = IDBObjectStore.prototype.put;
    const refusing = vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(function (
      this: IDBObjectStore,
      ...rest
    ) {
      if (rest[0] instanceof Blob) throw new DOMException('Error preparing Blob/File data', 'UnknownError');
      return put.apply(this, rest);
    });
    const images = new KeptImageDatabase(OPTIONS);
    await images.keep(PETS);
    refusing.mockRestore();
    expect(await contents(images, 'f00')).toEqual(await written(PETS));
  });
});

describe('a keep that does not come to its end', () => {
  /** Fails at the write of that number. */
  function failingAt(which: number, error: () => DOMException) {
    let puts = 0;
    const put = IDBObjectStore.prototype.put;
    return vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(function (this: IDBObjectStore, ...rest) {
      puts += 1;
      if (puts >= which) throw error();
      return put.apply(this, rest);
    });
  }

  it.each([1, 3, 5, 6])('leaves nothing where the storage is full at write %i, and says so', async (which) => {
    const images = new KeptImageDatabase(OPTIONS);
    await images.keep(OTHERS);
    const before = await counts();
    const full = failingAt(which, () => new DOMException('no room', 'QuotaExceededError'));
    await expect(images.keep(PETS)).rejects.toMatchObject({ name: 'StorageError', problem: 'full' });
    full.mockRestore();
    expect(await counts()).toEqual(before);
    expect((await images.list()).folders.map(({ name }) => name)).toEqual(['others']);
    await images.keep(PETS);
    expect(await contents(images, 'f00')).toEqual(await written(PETS));
  });

  it('leaves nothing where it is cancelled', async () => {
    const images = new KeptImageDatabase(OPTIONS);
    const cancel = new AbortController();
    const keep = images.keep(PETS, { signal: cancel.signal, onProgress: () => cancel.abort() });
    await expect(keep).rejects.toMatchObject({ name: 'AbortError' });
    expect(await counts()).toEqual([0, 0]);
  });

  it('names a file that cannot be read any more, and leaves nothing', async () => {
    const images = new KeptImageDatabase(OPTIONS);
    const gone: FileToKeep = {
      path: 'pets/gone.png',
      blob: { size: 15, slice: () => ({ arrayBuffer: () => Promise.reject(new DOMException('moved')) }) },
    };
    const keep = images.keep({ ...PETS, files: [...PETS.files, gone] });
    await expect(keep).rejects.toMatchObject({ name: 'FileMissing', path: 'pets/gone.png' });
    expect(await counts()).toEqual([0, 0]);
  });

  it('is never listed, and its files are removed at the next opening of the page', async () => {
    const images = new KeptImageDatabase(OPTIONS);
    await images.keep(OTHERS);
    // As when the tab is killed after the first portions.
    await withDatabase((db) => db.put('imageFiles', new Uint8Array(PORTION).buffer, ['f00', 0]));
    expect((await images.list()).folders).toHaveLength(1);
    images.close();
    const later = new KeptImageDatabase(OPTIONS);
    expect((await later.list()).folders.map(({ name }) => name)).toEqual(['others']);
    expect(await counts()).toEqual([1, 4]);
    expect(await contents(later, 'f01')).toEqual(await written(OTHERS));
  });

  it('is not taken for one while another tab still writes', async () => {
    const locks = new FakeLocks();
    const writes = new KeptImageDatabase({ portion: PORTION, locks });
    const opens = new KeptImageDatabase({ portion: PORTION, locks });
    let listed: Promise<unknown> | null = null;
    await writes.keep(PETS, {
      onProgress: () => {
        listed ??= opens.list();
      },
    });
    await listed;
    expect(await contents(opens, 'f00')).toEqual(await written(PETS));
  });

  it('lists nothing where another tab has removed its files meanwhile', async () => {
    const writes = new KeptImageDatabase(OPTIONS);
    let cleaned: Promise<unknown> | null = null;
    const keep = writes.keep(PETS, {
      onProgress: (bytes) => {
        if (bytes === 20) cleaned = new KeptImageDatabase(OPTIONS).list();
      },
    });
    await expect(keep).rejects.toMatchObject({ name: 'InterruptedKeep' });
    await cleaned;
    expect(await counts()).toEqual([0, 0]);
  });
});

describe('damaged images', () => {
  const damages: [string, (db: Awaited<ReturnType<typeof openDB>>) => Promise<unknown>][] = [
    ['a portion is missing', (db) => db.delete('imageFiles', ['f00', 1])],
    ['a portion is too short', (db) => db.put('imageFiles', new Blob(['x']), ['f00', 2])],
    ['a portion is something else', (db) => db.put('imageFiles', 'text', ['f00', 3])],
    ['the list of files is missing', (db) => db.delete('imageFiles', ['f00', 4])],
    [
      'the list of files is of other files',
      (db) => db.put('imageFiles', { paths: ['a'], sizes: [1], skipped: [] }, ['f00', 4]),
    ],
  ];

  it.each(damages)('are named where %s', async (_, damage) => {
    const images = new KeptImageDatabase(OPTIONS);
    await images.keep(PETS);
    await withDatabase(damage);
    await expect(images.open('f00')).rejects.toMatchObject({ name: 'DamagedFolder', folder: 'pets' });
  });

  it('and those of a later version are named and left out of the list, and can be forgotten', async () => {
    const images = new KeptImageDatabase(OPTIONS);
    await images.keep(OTHERS);
    await withDatabase(async (db) => {
      await db.put('keptImages', { version: 2, name: 'newer' }, 'f02');
      await db.put('keptImages', 'text', 'f03');
    });
    const { folders, unreadable } = await images.list();
    expect(folders.map(({ name }) => name)).toEqual(['others']);
    expect(unreadable).toEqual([
      { fingerprint: 'f02', name: 'newer' },
      { fingerprint: 'f03', name: null },
    ]);
    await expect(images.open('f02')).rejects.toMatchObject({ name: 'DamagedFolder', folder: 'newer' });
    await images.forget('f02');
    expect((await images.list()).unreadable).toHaveLength(1);
  });
});

it('is unavailable where the database does not open', async () => {
  globalThis.indexedDB.open = () => {
    throw new DOMException('denied', 'SecurityError');
  };
  await expect(new KeptImageDatabase(OPTIONS).list()).rejects.toMatchObject({ problem: 'unavailable' });
});
