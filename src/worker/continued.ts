import type { EngineInfo } from '../domain/engineInfo';
import type { RunConfig } from '../domain/runConfig';
import type { Emit } from '../domain/signal';
import type { TrainingImages } from '../engine/images/pictureCache';
import type { ChangesState } from '../engine/run/changesInFlight';
import type { ResumedRun } from '../engine/run/checkpoint/resumeRun';
import { Trainer, type TrainerOptions } from '../engine/run/trainer';

/** Where and how a run goes on. */
export interface Continuation {
  readonly images: TrainingImages;
  readonly engine: EngineInfo;
  readonly emit: Emit;
  readonly options: TrainerOptions;
}

/**
 * A run that was lost, from its last checkpoint on, or from its beginning. The changes that were made after that are made again at their
 * steps. It first reports to which step it is rewound.
 * @param bytes the last checkpoint; null where there is none
 * @param changes those of the run when it was lost
 */
export async function continued(
  bytes: Uint8Array | null,
  config: RunConfig,
  changes: ChangesState,
  { images, engine, emit, options }: Continuation,
): Promise<ResumedRun> {
  if (bytes === null) {
    emit({ kind: 'rewound', value: { step: 0 } });
    const trainer = new Trainer(images, config, [...changes.made, ...changes.planned], emit, options);
    try {
      await trainer.start();
      return { trainer, notes: [] };
    } catch (error) {
      trainer.dispose();
      throw error;
    }
  }
  const { readCheckpoint } = await import('../engine/run/checkpoint/checkpointFile');
  const { resumeRun } = await import('../engine/run/checkpoint/resumeRun');
  const checkpoint = readCheckpoint(bytes);
  const { made } = checkpoint.changes;
  const planned = [...changes.made.slice(made.length), ...changes.planned];
  emit({ kind: 'rewound', value: { step: checkpoint.step } });
  return resumeRun({ ...checkpoint, changes: { made, planned } }, images, engine, emit, options);
}
