import type { Curves, RunRecord } from './runRecord';

/** `full`: there is no room left; `unavailable`: the browser keeps nothing here (a private window, or storage switched off). */
export type StorageProblem = 'full' | 'unavailable';

/** Something that could not be kept or read. */
export class StorageError extends Error {
  override readonly name = 'StorageError';
  constructor(
    readonly problem: StorageProblem,
    cause: unknown,
  ) {
    super(`The browser's storage is ${problem}.`, { cause });
  }
}

export interface StoredRuns {
  readonly runs: readonly RunRecord[];
  /** How many there are besides that cannot be read: damaged, or of another version of the page. */
  readonly unreadable: number;
}

export interface SaveOptions {
  /** Not in the storage yet. Any other run that is missing there was deleted in another tab, and stays deleted. */
  readonly isNew: boolean;
  /** The page is about to go: no time to look first. */
  readonly leaving?: boolean;
}

/**
 * Where runs are kept beyond the page, shared by every tab of it. A run's measurements are written by the one tab that trains it;
 * any tab may rename or delete it. Each method is one transaction. All reject with a `StorageError`.
 */
export interface RunStorage {
  list(): Promise<StoredRuns>;
  /** One run, or null when it is not there or cannot be read. */
  read(id: string): Promise<RunRecord | null>;
  curves(id: string): Promise<Curves>;
  /** Writes a run and its curves, but for the name, which is that of the storage once the run is there. */
  save(run: RunRecord, curves: Curves, options: SaveOptions): Promise<void>;
  rename(id: string, name: string | null): Promise<void>;
  remove(id: string): Promise<void>;
  /** Deletes what `list` could not read. */
  removeUnreadable(): Promise<void>;
}
