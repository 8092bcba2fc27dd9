import { CheckpointDatabase } from '../storage/checkpointDatabase';
import { CheckpointMemory } from '../storage/checkpointMemory';
import type { CheckpointStorage } from '../storage/checkpointStorage';
import { StorageError } from '../storage/runStorage';

export interface OpenedCheckpoints {
  readonly storage: CheckpointStorage;
  /** Whether they outlive the page. */
  readonly isLasting: boolean;
}

/** A run that stands still waits for its checkpoint: a storage that has not answered by then counts as none. */
const PATIENCE_MS = 5000;

/** The checkpoints of this browser, or a place in memory where it stores nothing for this page. */
export async function openCheckpoints(): Promise<OpenedCheckpoints> {
  const database = new CheckpointDatabase();
  const silence = new Promise<'silent'>((resolve) => setTimeout(() => resolve('silent'), PATIENCE_MS));
  try {
    if ((await Promise.race([database.bytes(), silence])) !== 'silent') return { storage: database, isLasting: true };
  } catch (error) {
    if (!(error instanceof StorageError)) throw error;
  }
  return { storage: new CheckpointMemory(), isLasting: false };
}
