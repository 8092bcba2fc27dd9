import type { EngineInfo } from '../../../domain/engineInfo';
import { disposeSnapshot } from '../state';
import type { Trainer } from '../trainer';
import type { Checkpoint, TensorValues } from './checkpoint';
import { CheckpointError } from './checkpointError';
import { datasetPrint } from './datasetPrint';
import { readTensors, tensorsOf } from './deviceState';

/**
 * A run after its present step as a value. Call it between two steps, and await it before the next.
 * @param engine the engine that computes the run
 * @throws CheckpointError where a weight is not a finite number: the run is about to diverge
 */
export async function saveRun(
  trainer: Trainer,
  { engine, description, features, threads }: EngineInfo,
): Promise<Checkpoint> {
  const snapshot = await trainer.take();
  try {
    const { step, config, changes, kernels, diagnosis, framePoses, heldTargets } = snapshot;
    const tensors = await readTensors(tensorsOf(snapshot));
    expectFinite(step, tensors);
    return {
      step,
      config,
      changes,
      engine: { engine, description, features, threads },
      dataset: datasetPrint(trainer.dataset),
      kernels,
      diagnosis,
      heldFrom: heldTargets?.from ?? null,
      tensors,
      framePoses,
      reported: trainer.reported,
    };
  } finally {
    disposeSnapshot(snapshot);
  }
}

function expectFinite(step: number, tensors: Checkpoint['tensors']): void {
  const name = notFinite(tensors);
  if (name === null) return;
  throw new CheckpointError(
    `After step ${step} “${name}” holds a value that is not a finite number: the run is diverging, and no checkpoint of it is made.`,
  );
}

/** The name of the first tensor with a value that is not finite; null where all are. */
export function notFinite(tensors: ReadonlyMap<string, TensorValues>): string | null {
  for (const [name, { values }] of tensors) if (!values.every(Number.isFinite)) return name;
  return null;
}
