import { type IDBPDatabase, openDB } from 'idb';
import { StorageError } from './runStorage';
import { type Schema, UPGRADE_STEPS, type UpgradeStep } from './upgrades';

const NAME = 'simsiam-lab';

/** The lab's database, opened when it is first used. */
export class Connection {
  readonly #steps: readonly UpgradeStep[];
  #opened: Promise<IDBPDatabase<Schema>> | null = null;
  /** The open connection: when the page is being closed, a promise may not resolve in time. */
  #ready: IDBPDatabase<Schema> | null = null;

  readonly #onOpen: (db: IDBPDatabase<Schema>) => void;

  /**
   * @param steps the steps that bring the database to its present shape; only tests pass others
   * @param onOpen called with each connection that was opened
   */
  constructor(
    steps: readonly UpgradeStep[] = UPGRADE_STEPS,
    onOpen: (db: IDBPDatabase<Schema>) => void = () => undefined,
  ) {
    this.#steps = steps;
    this.#onOpen = onOpen;
  }

  /** The open connection; null before the first use and after `close`. */
  get ready(): IDBPDatabase<Schema> | null {
    return this.#ready;
  }

  /**
   * Works with the database.
   * @throws StorageError (rejection) where that fails
   */
  async with<T>(work: (db: IDBPDatabase<Schema>) => Promise<T>): Promise<T> {
    try {
      this.#opened ??= this.#open();
      return await work(await this.#opened);
    } catch (error) {
      throw storageError(error);
    }
  }

  /** Closes the connection; the next use opens a new one. */
  close(): void {
    this.#ready?.close();
    this.#ready = null;
    this.#opened = null;
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
    this.#onOpen(db);
    return db;
  }
}

function storageError(error: unknown): StorageError {
  if (error instanceof StorageError) return error;
  const full = error instanceof DOMException && error.name === 'QuotaExceededError';
  return new StorageError(full ? 'full' : 'unavailable', error);
}

interface Transaction {
  readonly done: Promise<void>;
  abort(): void;
}

/**
 * What the work in a transaction results in, once both are completed. Work that fails ends the transaction, so that nothing is written.
 * Where the transaction fails by itself, its error has the cause.
 */
export async function completed<T>(tx: Transaction, work: Promise<T>): Promise<T> {
  const [transaction, outcome] = await Promise.allSettled([tx.done, work.catch((error) => giveUp(tx, error))]);
  if (outcome.status === 'rejected' && outcome.reason instanceof FailedWork) throw outcome.reason.cause;
  if (transaction.status === 'rejected') throw transaction.reason;
  if (outcome.status === 'rejected') throw outcome.reason;
  return outcome.value;
}

/** An error in the work of a transaction that had not failed until then. */
class FailedWork extends Error {}

function giveUp(tx: Transaction, cause: unknown): never {
  // It was aborted already.
  if (cause instanceof DOMException && cause.name === 'AbortError') throw cause;
  try {
    tx.abort();
  } catch {
    throw cause;
  }
  throw new FailedWork('the work in the transaction failed', { cause });
}
