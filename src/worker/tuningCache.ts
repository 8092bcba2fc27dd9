import { type IDBPDatabase, openDB } from 'idb';
import type { TuningCache } from '../engine/kernels/tuning/tuningCache';

const DATABASE = 'simsiam-lab-tuning';
const STORE = 'choices';

async function open(): Promise<IDBPDatabase> {
  return openDB(DATABASE, 1, {
    upgrade(database) {
      database.createObjectStore(STORE);
    },
  });
}

/**
 * Choices measured on this machine's adapter, kept in IndexedDB in a database separate from the runs: clearing it only costs a second of
 * measuring. Where the browser allows no database (private windows), nothing is kept and no error is raised: the run then measures again.
 */
export function indexedDbTuningCache(): TuningCache {
  const opened = open().catch(() => null);
  return {
    async get(key) {
      const database = await opened;
      const value: unknown = await database?.get(STORE, key).catch(() => null);
      return typeof value === 'string' ? value : null;
    },
    async set(key, value) {
      const database = await opened;
      await database?.put(STORE, value, key).catch(() => undefined);
    },
  };
}
