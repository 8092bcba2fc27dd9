import { CheckpointDatabase } from '../storage/checkpointDatabase';
import { CheckpointMemory } from '../storage/checkpointMemory';
import type { CheckpointStorage } from '../storage/checkpointStorage';
import { StorageError } from '../storage/runStorage';

export interface OpenedCheckpoints {
  readonly storage: CheckpointStorage;
  /** Whether they outlive the page. */
  readonly isLasting: boolean;
}

/** The checkpoints of this browser, or a place in memory where it stores nothing for this page. */
export async function openCheckpoints(): Promise<OpenedCheckpoints> {
  const database = new CheckpointDatabase();
  try {
    await database.bytes();
    return { storage: database, isLasting: true };
  } catch (error) {
    if (!(error instanceof StorageError)) throw error;
    return { storage: new CheckpointMemory(), isLasting: false };
  }
}
