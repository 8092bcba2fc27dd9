import type { EngineInfo } from '../../../domain/engineInfo';
import type { WarmStart } from '../../../domain/warmStart';
import type { Reported } from '../reports';
import { disposeSnapshot, type RunSnapshot } from '../state';
import type { Trainer } from '../trainer';
import type { Checkpoint, TensorValues } from './checkpoint';
import { CheckpointError } from './checkpointError';
import { type DatasetPrint, datasetPrint } from './datasetPrint';
import { readTensors, tensorsOf } from './deviceState';

/** A run after a step, taken but not read from the device yet; it does not change when the run goes on. */
export interface TakenRun {
  /** On the device; `readTaken` disposes it. */
  readonly snapshot: RunSnapshot;
  readonly dataset: DatasetPrint;
  readonly warmStart: WarmStart | null;
  readonly reported: Reported;
}

/** Takes a run after its present step. Call it between two steps, and await it before the next. */
export async function takeRun(trainer: Trainer): Promise<TakenRun> {
  const snapshot = await trainer.take();
  return { snapshot, dataset: datasetPrint(trainer.dataset), warmStart: trainer.warmStart, reported: trainer.reported };
}

/**
 * Reads a taken run from the device; the run may go on meanwhile. Disposes what was taken.
 * @param engine the engine that computes the run
 * @throws CheckpointError where a weight is not a finite number: the run is about to diverge
 */
export async function readTaken(
  { snapshot, dataset, warmStart, reported }: TakenRun,
  { engine, description, features, threads }: EngineInfo,
): Promise<Checkpoint> {
  try {
    const { step, config, changes, kernels, diagnosis, framePoses, heldTargets } = snapshot;
    const tensors = await readTensors(tensorsOf(snapshot));
    expectFinite(step, tensors);
    return {
      step,
      config,
      changes,
      engine: { engine, description, features, threads },
      dataset,
      ...(warmStart && { warmStart }),
      kernels,
      diagnosis,
      heldFrom: heldTargets?.from ?? null,
      tensors,
      framePoses,
      reported,
      measuredWith: null,
    };
  } finally {
    disposeSnapshot(snapshot);
  }
}

/**
 * A run after its present step as a value. Call it between two steps, and await it before the next.
 * @throws CheckpointError as `readTaken`
 */
export async function saveRun(trainer: Trainer, engine: EngineInfo): Promise<Checkpoint> {
  return readTaken(await takeRun(trainer), engine);
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
  for (const [name, { values }] of tensors) if (!areFinite(values)) return name;
  return null;
}

/** A loop, several times as fast as `every`. */
function areFinite(values: Float32Array): boolean {
  for (const value of values) if (!Number.isFinite(value)) return false;
  return true;
}
