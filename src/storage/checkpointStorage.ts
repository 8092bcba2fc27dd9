import type { RunPointer } from './runPointer';

export interface StoredPointers {
  /** By falling times of their writing. */
  readonly pointers: readonly RunPointer[];
  /** Number of pointers that cannot be read: damaged, or of a later version of the page. */
  readonly unreadable: number;
}

/** A change of a run's checkpoints, beside that of its pointer. */
export interface CheckpointChange {
  /** Whether it is the run's first. A run that was written before but is missing was deleted in another tab, and stays deleted. */
  readonly isNew: boolean;
  /** A checkpoint to be written. */
  readonly checkpoint?: { readonly step: number; readonly file: Uint8Array<ArrayBuffer> };
  /** Steps whose checkpoints are deleted. */
  readonly drops?: readonly number[];
}

/**
 * Checkpoints of runs, which the training worker writes and the page reads, too. Each method is one transaction: a tab that is killed at any
 * moment leaves a pointer with its checkpoints. All reject with a `StorageError`.
 */
export interface CheckpointStorage {
  /** Pointers of all runs. */
  pointers(): Promise<StoredPointers>;
  /** One run's; null when it is not stored, deleted, or cannot be read. */
  pointer(id: string): Promise<RunPointer | null>;
  /** The bytes of a checkpoint; null when it is not stored. */
  read(id: string, step: number): Promise<Uint8Array<ArrayBuffer> | null>;
  /** Writes a run's pointer with a change of its checkpoints. Resolves to whether that was done: not for a run that was deleted. */
  put(pointer: RunPointer, change: CheckpointChange): Promise<boolean>;
  /** Deletes a run's pointer and checkpoints. */
  remove(id: string): Promise<void>;
  /** Bytes of the checkpoints of all runs, also of those deleted a moment ago. */
  bytes(): Promise<number>;
}
