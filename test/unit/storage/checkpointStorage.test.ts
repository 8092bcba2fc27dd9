import 'fake-indexeddb/auto';
import { IDBFactory } from 'fake-indexeddb';
import { openDB } from 'idb';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { CURRENT_VERSION } from '../../../src/domain/versions/registry';
import { CheckpointDatabase } from '../../../src/storage/checkpointDatabase';
import { CheckpointMemory } from '../../../src/storage/checkpointMemory';
import { RunDatabase } from '../../../src/storage/runDatabase';
import type { RunPointer } from '../../../src/storage/runPointer';
import { runPointer } from '../../setup/runPointer';
import { keptRun } from '../../setup/runRecord';

const FIRST = runPointer({ steps: [{ step: 64, bytes: 3, keptFor: ['power'] }], last: 64 });
const NEW = { isNew: true, checkpoint: { step: 64, file: Uint8Array.of(1, 2, 3) } };
const NEXT = { isNew: false, checkpoint: { step: 90, file: Uint8Array.of(4, 5, 6, 7) } };

beforeEach(() => {
  globalThis.indexedDB = new IDBFactory();
});

/** Writes a pointer as another version of the page, or an error, might have. */
async function putRaw(id: string, value: unknown): Promise<void> {
  await new CheckpointDatabase().pointers();
  const db = await openDB('simsiam-lab');
  await db.put('pointers', value, id);
  db.close();
}

describe.each([
  ['in IndexedDB', () => new CheckpointDatabase()],
  ['in memory', () => new CheckpointMemory()],
])('checkpoints %s', (_, open) => {
  it('are written with their pointer', async () => {
    const storage = open();
    expect(await storage.pointers()).toEqual({ pointers: [], unreadable: 0 });
    expect(await storage.put(FIRST, NEW)).toBe(true);
    expect(await storage.put(runPointer(), NEXT)).toBe(true);
    expect(await storage.pointer('one')).toEqual(runPointer());
    expect(await storage.read('one', 64)).toEqual(Uint8Array.of(1, 2, 3));
    expect(await storage.read('one', 90)).toEqual(Uint8Array.of(4, 5, 6, 7));
    expect(await storage.read('one', 91)).toBeNull();
    expect(await storage.read('two', 64)).toBeNull();
    expect(await storage.pointer('two')).toBeNull();
    expect(await storage.bytes()).toBe(7);
  });

  it('are dropped with the write that makes them needless, and a pointer is written without a checkpoint', async () => {
    const storage = open();
    await storage.put(FIRST, NEW);
    const later = runPointer({ steps: [{ step: 90, bytes: 4, keptFor: [] }] });
    await storage.put(later, { ...NEXT, drops: [64] });
    expect([await storage.read('one', 64), await storage.bytes()]).toEqual([null, 4]);
    const changed = { ...later, steps: [{ step: 90, bytes: 4, keptFor: ['change'] }] } satisfies RunPointer;
    await storage.put(changed, { isNew: false });
    expect(await storage.pointer('one')).toEqual(changed);
    expect(await storage.read('one', 90)).toEqual(Uint8Array.of(4, 5, 6, 7));
  });

  it('of all runs are listed by the time of their writing, and removed run by run', async () => {
    const storage = open();
    const at = (id: string, written: number) => ({ ...FIRST, id, written });
    for (const [id, written] of [['old', 1] as const, ['new', 3] as const, ['middle', 2] as const]) {
      await storage.put(at(id, written), NEW);
    }
    expect((await storage.pointers()).pointers.map(({ id }) => id)).toEqual(['new', 'middle', 'old']);
    await storage.remove('new');
    expect((await storage.pointers()).pointers.map(({ id }) => id)).toEqual(['middle', 'old']);
    expect(await storage.read('new', 64)).toBeNull();
    expect(await storage.read('old', 64)).not.toBeNull();
    expect(await storage.bytes()).toBe(6);
  });

  it('of a run that was removed meanwhile are not written', async () => {
    const storage = open();
    await storage.put(FIRST, NEW);
    await storage.remove('one');
    expect(await storage.put(runPointer(), NEXT)).toBe(false);
    expect((await storage.pointers()).pointers).toEqual([]);
    expect(await storage.read('one', 90)).toBeNull();
  });
});

describe('CheckpointDatabase', () => {
  it('writes a checkpoint and its pointer in one transaction of strict durability', async () => {
    const storage = new CheckpointDatabase();
    await storage.pointers();
    const transaction = vi.spyOn(IDBDatabase.prototype, 'transaction');
    await storage.put(FIRST, NEW);
    expect(transaction.mock.calls).toEqual([[['checkpoints', 'pointers'], 'readwrite', { durability: 'strict' }]]);
    transaction.mockRestore();
  });

  it('leaves unreadable pointers alone, and counts them and their bytes', async () => {
    const later = { ...FIRST, id: 'later', version: CURRENT_VERSION + 1 };
    const damaged = {
      lost: { id: 'lost' },
      text: 'text',
      order: runPointer({ id: 'order', steps: [...runPointer().steps].reverse() }),
      last: runPointer({ id: 'last', last: 65 }),
      empty: runPointer({ id: 'empty', steps: [] }),
      settings: { ...FIRST, id: 'settings', config: { preset: 'none' } },
    };
    await putRaw('later', later);
    for (const [id, value] of Object.entries(damaged)) await putRaw(id, value);
    const storage = new CheckpointDatabase();
    await storage.put(FIRST, NEW);
    expect(await storage.pointers()).toEqual({ pointers: [FIRST], unreadable: 7 });
    expect(await storage.pointer('later')).toBeNull();
    expect(await storage.bytes()).toBe(3 + 3 + 7 + 7 + 3);
    const db = await openDB('simsiam-lab');
    expect(await db.get('pointers', 'later')).toEqual(later);
    db.close();
  });

  it('reads what is no checkpoint as none', async () => {
    const storage = new CheckpointDatabase();
    await storage.put(FIRST, NEW);
    const db = await openDB('simsiam-lab');
    await db.put('checkpoints', 'text', ['one', 64]);
    db.close();
    expect(await storage.read('one', 64)).toBeNull();
  });

  it('is full where there is no space, and keeps the checkpoint and the pointer that it had', async () => {
    const storage = new CheckpointDatabase();
    await storage.put(FIRST, NEW);
    const put = IDBObjectStore.prototype.put;
    const full = vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(function (this: IDBObjectStore, ...rest) {
      if (this.name === 'pointers') throw new DOMException('no room', 'QuotaExceededError');
      return put.apply(this, rest);
    });
    await expect(storage.put(runPointer(), { ...NEXT, drops: [64] })).rejects.toMatchObject({ problem: 'full' });
    full.mockRestore();
    expect(await storage.pointer('one')).toEqual(FIRST);
    expect(await storage.read('one', 64)).toEqual(Uint8Array.of(1, 2, 3));
    expect(await storage.read('one', 90)).toBeNull();
  });

  it('is unavailable where the database does not open', async () => {
    globalThis.indexedDB.open = () => {
      throw new DOMException('denied', 'SecurityError');
    };
    await expect(new CheckpointDatabase().pointers()).rejects.toMatchObject({ problem: 'unavailable' });
  });
});

describe('the checkpoints of a deleted run', () => {
  async function deleted() {
    const [runs, checkpoints] = [new RunDatabase(), new CheckpointDatabase()];
    await runs.save(keptRun(), {}, { isNew: true });
    await checkpoints.put(FIRST, NEW);
    await checkpoints.put({ ...FIRST, id: 'two' }, NEW);
    await runs.remove('one');
    return { runs, checkpoints };
  }

  it('are not listed, and are there again once the run is restored', async () => {
    const { runs, checkpoints } = await deleted();
    expect((await checkpoints.pointers()).pointers.map(({ id }) => id)).toEqual(['two']);
    expect(await checkpoints.pointer('one')).toBeNull();
    await runs.save(keptRun(), {}, { isNew: true });
    expect(await checkpoints.pointer('one')).toEqual(FIRST);
    expect(await checkpoints.read('one', 64)).toEqual(Uint8Array.of(1, 2, 3));
  });

  it('are not added to by a tab that still trains the run', async () => {
    const { checkpoints } = await deleted();
    expect(await checkpoints.put(runPointer(), NEXT)).toBe(false);
    expect(await checkpoints.read('one', 90)).toBeNull();
  });

  it('are deleted once the deletion is final, and no others', async () => {
    const { runs, checkpoints } = await deleted();
    // A run that is not deleted keeps its checkpoints.
    await runs.purge(['one', 'two']);
    expect(await checkpoints.read('one', 64)).toBeNull();
    await runs.save(keptRun(), {}, { isNew: true });
    expect(await checkpoints.pointer('one')).toBeNull();
    expect(await checkpoints.read('two', 64)).not.toBeNull();
    expect(await checkpoints.bytes()).toBe(3);
  });

  it('are deleted at a later opening where the tab was closed before', async () => {
    const { runs, checkpoints } = await deleted();
    runs.close();
    await new RunDatabase().list();
    expect(await checkpoints.bytes(), 'an undo in another tab may still come').toBe(6);
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 3_600_000 });
    await new RunDatabase().list();
    await expect.poll(() => checkpoints.bytes()).toBe(3);
    expect(await checkpoints.read('one', 64)).toBeNull();
    vi.useRealTimers();
  });

  it('are deleted at once with a run that cannot be read', async () => {
    const { runs, checkpoints } = await deleted();
    const db = await openDB('simsiam-lab');
    await db.put('runs', { id: 'two' }, 'two');
    db.close();
    await runs.removeUnreadable();
    expect(await checkpoints.read('two', 64)).toBeNull();
    expect((await checkpoints.pointers()).pointers).toEqual([]);
  });
});
