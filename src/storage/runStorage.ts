import type { FrameTrack } from '../domain/outputFrame';
import type { Curves, RunRecord } from './runRecord';

/** `full`: no space is left; `unavailable`: the browser stores nothing for this page (a private window, or storage is disabled). */
export type StorageProblem = 'full' | 'unavailable';

/** A read or a write of the storage that failed. */
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
  /** Number of stored runs that cannot be read: damaged, or of a later version of the page. */
  readonly unreadable: number;
}

export interface SaveOptions {
  /** Whether this is the run's first write. A run that was written before but is missing was deleted in another tab, and stays deleted. */
  readonly isNew: boolean;
  /** The page is about to close: the run is written at once, without checking whether it was deleted or renamed. */
  readonly leaving?: boolean;
  /** The run's frames; without them, those that are stored stay. */
  readonly frames?: FrameTrack | null;
}

/**
 * Storage of runs that outlives the page and is shared by all its tabs. Only the tab that trains a run writes its measurements;
 * any tab may rename or delete it. Each method is one transaction. All reject with a `StorageError`.
 */
export interface RunStorage {
  list(): Promise<StoredRuns>;
  /** One run, or null when it is not stored or cannot be read. */
  read(id: string): Promise<RunRecord | null>;
  curves(id: string): Promise<Curves>;
  /** null where there are none, and where they cannot be read. */
  frames(id: string): Promise<FrameTrack | null>;
  /** Writes a run and its curves. A run that is already stored keeps its stored name. */
  save(run: RunRecord, curves: Curves, options: SaveOptions): Promise<void>;
  rename(id: string, name: string | null): Promise<void>;
  /** Deletes a run. Saved anew, it has its checkpoints again, until they are purged. */
  remove(id: string): Promise<void>;
  /** Makes the deletion of runs final: deletes their checkpoints. Those that no tab purges are deleted at a later opening. */
  purge(ids: readonly string[]): Promise<void>;
  /** Deletes the runs that `list` could not read, with their checkpoints. */
  removeUnreadable(): Promise<void>;
}
