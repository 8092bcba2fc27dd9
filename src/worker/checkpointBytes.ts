import type { EngineInfo } from '../domain/engineInfo';
import { CheckpointError } from '../engine/run/checkpoint/checkpointError';
import { writeCheckpoint } from '../engine/run/checkpoint/checkpointFile';
import { saveRun } from '../engine/run/checkpoint/saveRun';
import type { Trainer } from '../engine/run/trainer';

/** The checkpoint of a run after its present step; null where the run is about to diverge. The run must not train meanwhile. */
export async function bytesOf(trainer: Trainer, engine: EngineInfo): Promise<Uint8Array<ArrayBuffer> | null> {
  try {
    return writeCheckpoint(await saveRun(trainer, engine));
  } catch (error) {
    if (error instanceof CheckpointError) return null;
    throw error;
  }
}
