import { type IDBPDatabase, openDB } from 'idb';
import type { FrameTrack } from '../domain/outputFrame';
import { type Curves, parseCurves, parseRunRecord, type RunRecord } from './runRecord';
import { type RunStorage, type SaveOptions, StorageError, type StoredRuns } from './runStorage';
import { parseFrames, storedFrames } from './storedFrames';
import { type Schema, UPGRADE_STEPS, type UpgradeStep } from './upgrades';

const NAME = 'simsiam-lab';

const ALL = ['runs', 'curves', 'frames'] as const;

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

function storageError(error: unknown): StorageError {
  if (error instanceof StorageError) return error;
  const full = error instanceof DOMException && error.name === 'QuotaExceededError';
  return new StorageError(full ? 'full' : 'unavailable', error);
}

/** Runs in IndexedDB, with records, curves and frames in separate stores, so that a table of many runs is read without the rest. */
export class RunDatabase implements RunStorage {
  readonly #onChange: (id: string) => void;
  readonly #steps: readonly UpgradeStep[];
  #opened: Promise<IDBPDatabase<Schema>> | null = null;
  /** The open connection: when the page is being closed, a promise may not resolve in time. */
  #ready: IDBPDatabase<Schema> | null = null;
  /** Writes of runs that are under way. One on leaving the page would wait for them, and be lost with them. */
  readonly #underWay = new Set<Write>();

  /**
   * @param onChange called with the id of each run that this tab wrote, renamed or deleted, after the write
   * @param steps the steps that bring the database to its present shape; only tests pass others
   */
  constructor(onChange: (id: string) => void = () => undefined, steps: readonly UpgradeStep[] = UPGRADE_STEPS) {
    this.#onChange = onChange;
    this.#steps = steps;
  }

  list(): Promise<StoredRuns> {
    return this.#with(async (db) => {
      const stored = await db.getAll('runs');
      const runs = stored.map(parseRunRecord).filter((run) => run !== null);
      return { runs, unreadable: stored.length - runs.length };
    });
  }

  read(id: string): Promise<RunRecord | null> {
    return this.#with(async (db) => parseRunRecord(await db.get('runs', id)));
  }

  curves(id: string): Promise<Curves> {
    return this.#with(async (db) => parseCurves(await db.get('curves', id)));
  }

  frames(id: string): Promise<FrameTrack | null> {
    return this.#with(async (db) => parseFrames(await db.get('frames', id)));
  }

  async save(run: RunRecord, curves: Curves, options: SaveOptions): Promise<void> {
    if (options.leaving) await this.#saveLeaving(run, curves, options);
    else await this.#save(run, curves, options);
  }

  async #saveLeaving(run: RunRecord, curves: Curves, { frames }: SaveOptions): Promise<void> {
    const db = this.#ready;
    if (db === null) return;
    const others = [...this.#underWay].filter((write) => giveUp(write) && write.run.id !== run.id);
    const writes = [...others, { run, curves, frames }];
    const written = writes.map((write) => putAtOnce(db, write.run.id, { runs: write.run, curves: write.curves }));
    for (const write of writes) {
      // In a transaction of its own: a browser that cannot write so many bytes in time gives up the whole transaction.
      if (write.frames) written.push(putAtOnce(db, write.run.id, { frames: storedFrames(write.frames) }));
    }
    await this.#with(() => Promise.all(written));
  }

  async #save(run: RunRecord, curves: Curves, { isNew, frames }: SaveOptions): Promise<void> {
    await this.#with(async (db) => {
      const tx = db.transaction(ALL, 'readwrite');
      const underWay: Write = { run, curves, frames, abort: () => tx.abort(), isGivenUp: false };
      this.#underWay.add(underWay);
      const write = async () => {
        const there = isNew ? run : parseRunRecord(await tx.objectStore('runs').get(run.id));
        if (there === null) return;
        await Promise.all([
          tx.objectStore('runs').put({ ...run, name: there.name }, run.id),
          tx.objectStore('curves').put(curves, run.id),
          ...(frames ? [tx.objectStore('frames').put(storedFrames(frames), run.id)] : []),
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
    await this.#with(async (db) => {
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
    await this.#with((db) => removeAll(db, [id]));
    this.#onChange(id);
  }

  async removeUnreadable(): Promise<void> {
    await this.#with(async (db) => {
      const keys = await db.getAllKeys('runs');
      const stored = await Promise.all(keys.map((key) => db.get('runs', key)));
      await removeAll(
        db,
        keys.filter((_, i) => parseRunRecord(stored[i]) === null),
      );
    });
  }

  /** Closes the connection; the next call opens a new one. */
  close(): void {
    this.#ready?.close();
    this.#ready = null;
    this.#opened = null;
  }

  async #with<T>(work: (db: IDBPDatabase<Schema>) => Promise<T>): Promise<T> {
    try {
      this.#opened ??= this.#open();
      return await work(await this.#opened);
    } catch (error) {
      throw storageError(error);
    }
  }

  async #open(): Promise<IDBPDatabase<Schema>> {
    const db = await openDB<Schema>(NAME, this.#steps.length, {
      upgrade: (database, oldVersion, _, transaction) => {
        for (const step of this.#steps.slice(oldVersion)) step(database, transaction);
      },
      // A later version of the page, in another tab, cannot upgrade until this connection is closed.
      blocking: () => this.close(),
      terminated: () => this.close(),
    });
    this.#ready = db;
    return db;
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

async function removeAll(db: IDBPDatabase<Schema>, ids: readonly string[]): Promise<void> {
  const tx = db.transaction(ALL, 'readwrite');
  await completed(tx, Promise.all(ids.flatMap((id) => ALL.map((store) => tx.objectStore(store).delete(id)))));
}

/** Waits for a transaction and the work in it. If both fail, throws the transaction's error, which has the cause. */
async function completed(tx: { readonly done: Promise<void> }, work: Promise<unknown>): Promise<void> {
  const outcomes = await Promise.allSettled([tx.done, work]);
  for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
}
