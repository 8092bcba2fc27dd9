import type { DBSchema, IDBPDatabase, IDBPTransaction, StoreNames } from 'idb';

/** The database's stores. Values are `unknown`, since any version of the page may have written them. */
export interface Schema extends DBSchema {
  runs: { key: string; value: unknown };
  curves: { key: string; value: unknown };
  frames: { key: string; value: unknown };
  /** Bytes of a checkpoint, by kept run and step. */
  checkpoints: { key: [id: string, step: number]; value: unknown };
  /** By kept run: which checkpoints it has, and what is needed to open it again. */
  pointers: { key: string; value: unknown };
  /** By fingerprint: a person's own images that are kept on this computer. */
  keptImages: { key: string; value: unknown };
  /** Their files, by fingerprint and number. */
  imageFiles: { key: [fingerprint: string, number: number]; value: unknown };
}

/**
 * Upgrades a database from one version to the next. It may create and delete stores, and rewrite their values in the transaction; it
 * may await only that transaction.
 */
export type UpgradeStep = (
  database: IDBPDatabase<Schema>,
  transaction: IDBPTransaction<Schema, StoreNames<Schema>[], 'versionchange'>,
) => void;

/**
 * Step n, counted from 1, upgrades a database from version n - 1 to version n; version 0 means that there is no database. A released step
 * never changes: a change of the stores is a new step. This is the version of the stores; records have a version of their own.
 */
export const UPGRADE_STEPS: readonly UpgradeStep[] = [
  (database) => {
    database.createObjectStore('runs');
    database.createObjectStore('curves');
  },
  (database) => {
    database.createObjectStore('frames');
  },
  (database) => {
    database.createObjectStore('checkpoints');
    database.createObjectStore('pointers');
    database.createObjectStore('keptImages');
    database.createObjectStore('imageFiles');
  },
];
