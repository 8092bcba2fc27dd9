import 'fake-indexeddb/auto';
import { IDBFactory } from 'fake-indexeddb';
import { openDB } from 'idb';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { CURRENT_VERSION } from '../../../src/domain/versions/registry';
import { RunDatabase } from '../../../src/storage/runDatabase';
import { StorageError } from '../../../src/storage/runStorage';
import { UPGRADE_STEPS } from '../../../src/storage/upgrades';
import { frameTrack } from '../../setup/frames';
import { curvesOfLength, keptRun } from '../../setup/runRecord';

const NEW = { isNew: true };
const KNOWN = { isNew: false };

beforeEach(() => {
  globalThis.indexedDB = new IDBFactory();
});

/** Writes a value into the database as another version of the page, or an error, might have. */
async function putRaw(id: string, value: unknown): Promise<void> {
  await new RunDatabase().list();
  const db = await openDB('simsiam-lab');
  await db.put('runs', value, id);
  db.close();
}

describe('RunDatabase', () => {
  it('keeps runs and their curves across connections', async () => {
    const first = new RunDatabase();
    await first.save(keptRun(), curvesOfLength(3000), NEW);
    await first.save(keptRun({ id: 'two', steps: 7 }), {}, NEW);
    first.close();
    const later = new RunDatabase();
    expect(await later.list()).toEqual({ runs: [keptRun(), keptRun({ id: 'two', steps: 7 })], unreadable: 0 });
    expect(await later.curves('one')).toEqual(curvesOfLength(3000));
    expect(await later.curves('two')).toEqual({});
    expect(await later.read('three')).toBeNull();
  });

  it('deletes a run with its curves', async () => {
    const runs = new RunDatabase();
    await runs.save(keptRun(), curvesOfLength(3), NEW);
    await runs.remove('one');
    expect((await runs.list()).runs).toEqual([]);
    expect(await runs.curves('one')).toEqual({});
  });

  it('keeps frames with their run: until others are written, and not after it is deleted', async () => {
    const runs = new RunDatabase();
    const frames = frameTrack(8, [0, 25]);
    await runs.save(keptRun(), {}, { ...NEW, frames });
    await runs.save(keptRun({ steps: 30 }), {}, KNOWN);
    expect(await runs.frames('one')).toEqual(frames);
    const more = frameTrack(8, [0, 25, 50]);
    await runs.save(keptRun({ steps: 50 }), {}, { ...KNOWN, frames: more });
    expect(await runs.frames('one')).toEqual(more);
    expect(await runs.frames('two')).toBeNull();
    await runs.remove('one');
    expect(await runs.frames('one')).toBeNull();
  });

  it('reads a run whose frames are damaged without them', async () => {
    const runs = new RunDatabase();
    await runs.save(keptRun(), {}, NEW);
    const db = await openDB('simsiam-lab');
    await db.put('frames', { version: 1, indices: 'all' }, 'one');
    db.close();
    expect(await runs.frames('one')).toBeNull();
    expect((await runs.list()).runs).toEqual([keptRun()]);
  });

  it('counts unreadable runs, returns the others, and deletes the unreadable ones on request', async () => {
    await putRaw('damaged', { version: 1, id: 'damaged' });
    await putRaw('later', { ...keptRun(), version: CURRENT_VERSION + 1 });
    const runs = new RunDatabase();
    await runs.save(keptRun(), {}, NEW);
    expect(await runs.list()).toEqual({ runs: [keptRun()], unreadable: 2 });
    await runs.removeUnreadable();
    expect(await runs.list()).toEqual({ runs: [keptRun()], unreadable: 0 });
  });

  it('reports which run was written, renamed or deleted', async () => {
    const told: string[] = [];
    const runs = new RunDatabase((id) => told.push(id));
    await runs.save(keptRun(), {}, NEW);
    await runs.rename('one', 'a name');
    await runs.remove('one');
    expect(told).toEqual(['one', 'one', 'one']);
  });
});

describe('two tabs', () => {
  it('keep the name that one gives to the run that the other trains', async () => {
    const [trains, looks] = [new RunDatabase(), new RunDatabase()];
    await trains.save(keptRun({ steps: 10 }), {}, NEW);
    await Promise.all([
      looks.rename('one', 'renamed'),
      trains.save(keptRun({ steps: 20 }), curvesOfLength(20), KNOWN),
      trains.save(keptRun({ steps: 30 }), curvesOfLength(30), KNOWN),
    ]);
    expect((await looks.list()).runs).toEqual([keptRun({ steps: 30, name: 'renamed' })]);
    expect((await looks.curves('one')).loss?.steps).toHaveLength(30);
  });

  it('do not restore a run that one has deleted while the other trains it', async () => {
    const [trains, deletes] = [new RunDatabase(), new RunDatabase()];
    await trains.save(keptRun(), {}, NEW);
    await deletes.remove('one');
    await trains.save(keptRun({ steps: 300 }), {}, KNOWN);
    await deletes.rename('one', 'back?');
    expect((await deletes.list()).runs).toEqual([]);
  });

  it('closes the database for a later version of the page', async () => {
    const old = new RunDatabase();
    await old.save(keptRun(), {}, NEW);
    const next = UPGRADE_STEPS.length + 1;
    const later = await openDB('simsiam-lab', next);
    expect(later.version).toBe(next);
    await expect(old.list()).rejects.toThrow(StorageError);
    later.close();
  });
});

describe('leaving the page', () => {
  it('writes without reading first, once the database is open', async () => {
    const runs = new RunDatabase();
    await runs.save(keptRun(), {}, { isNew: true, leaving: true });
    expect((await runs.list()).runs).toEqual([]);
    const put = vi.spyOn(IDBObjectStore.prototype, 'put');
    const saved = runs.save(keptRun({ steps: 99 }), {}, { isNew: false, leaving: true });
    // All requests are made before the first promise resolves, because the page may close before.
    expect(put).toHaveBeenCalledTimes(2);
    await saved;
    put.mockRestore();
    expect((await runs.list()).runs[0]?.steps).toBe(99);
  });
});

describe('leaving the page while a run is being written', () => {
  it('does not wait for that write, and loses no run by it', async () => {
    const runs = new RunDatabase();
    await runs.save(keptRun({ steps: 100 }), {}, NEW);
    const frames = frameTrack(4, [0, 25]);
    const order: number[] = [];
    const put = IDBObjectStore.prototype.put;
    const puts = vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(function (this: IDBObjectStore, ...rest) {
      if (this.name === 'runs') order.push((rest[0] as { steps: number }).steps);
      return put.apply(this, rest);
    });
    // Under way: the record is read first, and then written.
    const aborted = vi.spyOn(IDBTransaction.prototype, 'abort');
    const slow = [
      runs.save(keptRun({ steps: 169 }), curvesOfLength(169), KNOWN),
      runs.save(keptRun({ id: 'two', steps: 7 }), curvesOfLength(7), { ...NEW, frames }),
    ];
    // Both transactions exist by then.
    await Promise.resolve();
    await Promise.resolve();
    await runs.save(keptRun({ steps: 195 }), curvesOfLength(195), { isNew: false, leaving: true });
    await Promise.all(slow);
    expect(aborted).toHaveBeenCalledTimes(2);
    expect(order.filter((steps) => steps === 169)).toEqual([]);
    puts.mockRestore();
    aborted.mockRestore();
    expect((await runs.list()).runs.map(({ steps }) => steps)).toEqual([195, 7]);
    expect((await runs.curves('one')).loss?.steps).toHaveLength(195);
    expect(await runs.frames('two')).toEqual(frames);
  });
});

describe('leaving the page with frames', () => {
  it('writes them in a transaction of their own, so that the run is kept where they are not', async () => {
    const runs = new RunDatabase();
    await runs.save(keptRun(), {}, NEW);
    const frames = frameTrack(4, [0, 25]);
    await runs.save(keptRun({ steps: 98 }), {}, { isNew: false, leaving: true, frames });
    expect(await runs.frames('one')).toEqual(frames);
    const put = IDBObjectStore.prototype.put;
    const failing = vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(function (
      this: IDBObjectStore,
      ...rest
    ) {
      if (this.name === 'frames') throw new DOMException('no room', 'QuotaExceededError');
      return put.apply(this, rest);
    });
    const more = frameTrack(4, [0, 25, 50]);
    await expect(runs.save(keptRun({ steps: 99 }), {}, { isNew: false, leaving: true, frames: more })).rejects.toThrow(
      StorageError,
    );
    failing.mockRestore();
    expect((await runs.list()).runs[0]?.steps).toBe(99);
    expect(await runs.frames('one')).toEqual(frames);
  });
});

describe('a storage that fails', () => {
  it('is unavailable where the database does not open', async () => {
    globalThis.indexedDB.open = () => {
      throw new DOMException('denied', 'SecurityError');
    };
    const runs = new RunDatabase();
    await expect(runs.list()).rejects.toMatchObject({ problem: 'unavailable' });
    await expect(runs.save(keptRun(), {}, NEW)).rejects.toMatchObject({ problem: 'unavailable' });
  });

  it('is full where there is no space, and keeps what it had', async () => {
    const runs = new RunDatabase();
    await runs.save(keptRun(), {}, NEW);
    const put = vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(() => {
      throw new DOMException('no room', 'QuotaExceededError');
    });
    await expect(runs.save(keptRun({ id: 'two' }), {}, NEW)).rejects.toMatchObject({ problem: 'full' });
    put.mockRestore();
    expect((await runs.list()).runs).toEqual([keptRun()]);
  });
});
