import type { IDBPDatabase, IDBPObjectStore, StoreNames } from 'idb';
import type { FrameTrack } from '../domain/outputFrame';
import { checkpointsOf } from './checkpointKeys';
import { Connection, completed } from './connection';
import { deletedAt, markDeleted, unmarkDeleted } from './runPointer';
import { type Curves, parseCurves, parseRunRecord, type RunRecord } from './runRecord';
import type { RunStorage, SaveOptions, StoredRuns } from './runStorage';
import { parseFrames, storedFrames } from './storedFrames';
import type { Schema, UpgradeStep } from './upgrades';

/** A deletion can be undone while its tab is open; checkpoints deleted so long ago are deleted for good at the next opening. */
const UNDO_MS = 10 * 60_000;

const ALL = ['runs', 'curves', 'frames'] as const;

type Pointers = IDBPObjectStore<Schema, StoreNames<Schema>[], 'pointers', 'readwrite'>;

/** A write of a run that is under way. */
interface Write extends Pick<SaveOptions, 'frames'> {
  readonly run: RunRecord;
  readonly curves: Curves;
  abort(): void;
  /** Whether a write on leaving the page took its place. */
  isGivenUp: boolean;
}

/** Ends a write; false where it is too late for that. */
function giveUp(write: Write): boolean {
  try {
    write.abort();
    write.isGivenUp = true;
  } catch {
    return false;
  }
  return true;
}

/** Runs in IndexedDB, with records, curves and frames in separate stores, so that a table of many runs is read without the rest. */
export class RunDatabase implements RunStorage {
  readonly #onChange: (id: string) => void;
  readonly #connection: Connection;
  /** Writes of runs that are under way. One on leaving the page would wait for them, and be lost with them. */
  readonly #underWay = new Set<Write>();

  /**
   * @param onChange called with the id of each run that this tab wrote, renamed or deleted, after the write
   * @param steps the steps that bring the database to its present shape; only tests pass others
   */
  constructor(onChange: (id: string) => void = () => undefined, steps?: readonly UpgradeStep[]) {
    this.#onChange = onChange;
    this.#connection = new Connection(steps, (db) => {
      const isFinal = (_: string, deleted: number) => Date.now() - deleted > UNDO_MS;
      // What fails now is done at the next opening.
      removeCheckpoints(db, isFinal).catch(() => undefined);
    });
  }

  list(): Promise<StoredRuns> {
    return this.#connection.with(async (db) => {
      const stored = await db.getAll('runs');
      const runs = stored.map(parseRunRecord).filter((run) => run !== null);
      return { runs, unreadable: stored.length - runs.length };
    });
  }

  read(id: string): Promise<RunRecord | null> {
    return this.#connection.with(async (db) => parseRunRecord(await db.get('runs', id)));
  }

  curves(id: string): Promise<Curves> {
    return this.#connection.with(async (db) => parseCurves(await db.get('curves', id)));
  }

  frames(id: string): Promise<FrameTrack | null> {
    return this.#connection.with(async (db) => parseFrames(await db.get('frames', id)));
  }

  async save(run: RunRecord, curves: Curves, options: SaveOptions): Promise<void> {
    if (options.leaving) await this.#saveLeaving(run, curves, options);
    else await this.#save(run, curves, options);
  }

  async #saveLeaving(run: RunRecord, curves: Curves, { frames }: SaveOptions): Promise<void> {
    const db = this.#connection.ready;
    if (db === null) return;
    const others = [...this.#underWay].filter((write) => giveUp(write) && write.run.id !== run.id);
    const writes = [...others, { run, curves, frames }];
    const written = writes.map((write) => putAtOnce(db, write.run.id, { runs: write.run, curves: write.curves }));
    for (const write of writes) {
      // In a transaction of its own: a browser that cannot write so many bytes in time gives up the whole transaction.
      if (write.frames) written.push(putAtOnce(db, write.run.id, { frames: storedFrames(write.frames) }));
    }
    await this.#connection.with(() => Promise.all(written));
  }

  async #save(run: RunRecord, curves: Curves, { isNew, frames }: SaveOptions): Promise<void> {
    await this.#connection.with(async (db) => {
      const tx = db.transaction([...ALL, 'pointers'], 'readwrite');
      const underWay: Write = { run, curves, frames, abort: () => tx.abort(), isGivenUp: false };
      this.#underWay.add(underWay);
      const write = async () => {
        const there = isNew ? run : parseRunRecord(await tx.objectStore('runs').get(run.id));
        if (there === null) return;
        await Promise.all([
          tx.objectStore('runs').put({ ...run, name: there.name }, run.id),
          tx.objectStore('curves').put(curves, run.id),
          ...(frames ? [tx.objectStore('frames').put(storedFrames(frames), run.id)] : []),
          ...(isNew ? [bringBackCheckpoints(tx.objectStore('pointers'), run.id)] : []),
        ]);
      };
      try {
        await completed(tx, write());
      } catch (error) {
        // The write on leaving took its place.
        if (!underWay.isGivenUp) throw error;
      } finally {
        this.#underWay.delete(underWay);
      }
    });
    this.#onChange(run.id);
  }

  async rename(id: string, name: string | null): Promise<void> {
    await this.#connection.with(async (db) => {
      const tx = db.transaction('runs', 'readwrite');
      const write = async () => {
        const there = parseRunRecord(await tx.store.get(id));
        if (there !== null) await tx.store.put({ ...there, name }, id);
      };
      await completed(tx, write());
    });
    this.#onChange(id);
  }

  async remove(id: string): Promise<void> {
    await this.#connection.with((db) => removeAll(db, [id], false));
    this.#onChange(id);
  }

  async removeUnreadable(): Promise<void> {
    await this.#connection.with(async (db) => {
      const keys = await db.getAllKeys('runs');
      const stored = await Promise.all(keys.map((key) => db.get('runs', key)));
      await removeAll(
        db,
        keys.filter((_, i) => parseRunRecord(stored[i]) === null),
        true,
      );
    });
  }

  async purge(ids: readonly string[]): Promise<void> {
    await this.#connection.with((db) => removeCheckpoints(db, (id) => ids.includes(id)));
  }

  /** Closes the connection; the next call opens a new one. */
  close(): void {
    this.#connection.close();
  }
}

/** Writes to several stores, with all requests made before the first promise resolves. */
async function putAtOnce(
  db: IDBPDatabase<Schema>,
  id: string,
  values: { readonly [Store in (typeof ALL)[number]]?: unknown },
): Promise<void> {
  const stores = ALL.filter((store) => store in values);
  const tx = db.transaction(stores, 'readwrite');
  const puts = stores.map((store) => tx.objectStore(store).put(values[store], id));
  tx.commit();
  await completed(tx, Promise.all(puts));
}

/** Deletes runs. Their checkpoints are marked as deleted, so that this can be undone, or deleted at once. */
async function removeAll(db: IDBPDatabase<Schema>, ids: readonly string[], isFinal: boolean): Promise<void> {
  const tx = db.transaction([...ALL, 'pointers', 'checkpoints'], 'readwrite');
  const pointers = tx.objectStore('pointers');
  const checkpoints = async (id: string) => {
    const marked = isFinal ? null : markDeleted(await pointers.get(id), Date.now());
    if (marked !== null) await pointers.put(marked, id);
    else await Promise.all([pointers.delete(id), tx.objectStore('checkpoints').delete(checkpointsOf(id))]);
  };
  const remove = (id: string) => [...ALL.map((store) => tx.objectStore(store).delete(id)), checkpoints(id)];
  await completed(tx, Promise.all(ids.flatMap(remove)));
}

/** Takes the mark of a deletion off a run's checkpoints. */
async function bringBackCheckpoints(pointers: Pointers, id: string): Promise<void> {
  const pointer: unknown = await pointers.get(id);
  if (typeof pointer === 'object' && pointer !== null && deletedAt(pointer) !== null) {
    await pointers.put(unmarkDeleted(pointer), id);
  }
}

/** Deletes the checkpoints of deleted runs for good. */
async function removeCheckpoints(
  db: IDBPDatabase<Schema>,
  isFinal: (id: string, deleted: number) => boolean,
): Promise<void> {
  const tx = db.transaction(['pointers', 'checkpoints'], 'readwrite');
  const [pointers, checkpoints] = [tx.objectStore('pointers'), tx.objectStore('checkpoints')];
  const remove = async () => {
    for (let cursor = await pointers.openCursor(); cursor !== null; cursor = await cursor.continue()) {
      const deleted = deletedAt(cursor.value);
      if (deleted === null || !isFinal(cursor.key, deleted)) continue;
      await Promise.all([cursor.delete(), checkpoints.delete(checkpointsOf(cursor.key))]);
    }
  };
  await completed(tx, remove());
}
