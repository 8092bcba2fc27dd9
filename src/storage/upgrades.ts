import type { DBSchema, IDBPDatabase, IDBPTransaction } from 'idb';

/** The database's stores. Values are `unknown`: they were written by whatever version of the page was open then. */
export interface Schema extends DBSchema {
  runs: { key: string; value: unknown };
  curves: { key: string; value: unknown };
}

/**
 * Brings a database of one version to the next. It may create and delete stores, and rewrite what is in them through the transaction; it
 * may wait for nothing but that transaction.
 */
export type UpgradeStep = (
  database: IDBPDatabase<Schema>,
  transaction: IDBPTransaction<Schema, ('runs' | 'curves')[], 'versionchange'>,
) => void;

/**
 * Step n, counted from 1, brings a database of version n - 1 to version n; version 0 is none at all. A step that has been released never
 * changes: whoever needs another shape adds a step. This is the version of the stores; records have one of their own.
 */
export const UPGRADE_STEPS: readonly UpgradeStep[] = [
  (database) => {
    database.createObjectStore('runs');
    database.createObjectStore('curves');
  },
];
