import type { EngineInfo } from '../../../domain/engineInfo';
import type { Emit } from '../../../domain/signal';
import type { TrainingImages } from '../../images/pictureCache';
import { disposeSnapshot } from '../state';
import { Trainer, type TrainerOptions } from '../trainer';
import type { Checkpoint, CheckpointEngine } from './checkpoint';
import { datasetPrint, expectSameImages } from './datasetPrint';
import { expectTensorsOf, snapshotOf } from './deviceState';

/** A run that goes on, and what could not be had as it was before, each as a sentence for the person. */
export interface ResumedRun {
  readonly trainer: Trainer;
  readonly notes: readonly string[];
}

/**
 * Goes on from a checkpoint: the next steps, and all that is measured after them, are those that followed it, to the bit, on the same engine,
 * adapter and kernels. It first reports what the run had reported until then. Draws depend on seed and step alone.
 * @param engine the engine that runs now
 * @param emit receives what the run reports
 * @throws CheckpointError when the images are not those of the checkpoint
 * @throws UnusableFile when the checkpoint does not fit its own settings
 * @throws RunError when this adapter cannot hold the run
 */
export async function resumeRun(
  checkpoint: Checkpoint,
  images: TrainingImages,
  engine: EngineInfo,
  emit: Emit,
  options: TrainerOptions = {},
): Promise<ResumedRun> {
  expectSameImages(checkpoint.dataset, datasetPrint(images));
  const { warmStart } = checkpoint;
  const start = warmStart === undefined ? null : { identity: warmStart, tensors: null };
  const trainer = new Trainer(images, checkpoint.config, [], emit, { ...options, start });
  try {
    const fresh = await trainer.take();
    try {
      expectTensorsOf(fresh, checkpoint);
    } finally {
      disposeSnapshot(fresh);
    }
    const isSame = isSameAdapter(checkpoint.engine, engine);
    // Kernels that were the fastest on another adapter need not be so here.
    const snapshot = snapshotOf(isSame ? checkpoint : { ...checkpoint, kernels: new Map() });
    try {
      await trainer.resume(snapshot, checkpoint.reported);
    } finally {
      disposeSnapshot(snapshot);
    }
    const notes = isSame ? [...kernelNotes(checkpoint, trainer), ...threadNotes(checkpoint.engine, engine)] : [];
    return { trainer, notes: [...adapterNotes(checkpoint.engine, engine), ...notes] };
  } catch (error) {
    trainer.dispose();
    throw error;
  }
}

const TITLES = { webgpu: 'WebGPU', webgl: 'WebGL', wasm: 'WASM' } as const;
const LAST_DIGITS = 'its numbers differ in the last digits from those of a run without an interruption';

const nameOf = ({ engine, description }: CheckpointEngine) => `${TITLES[engine]} (${description})`;

function isSameAdapter(before: CheckpointEngine, now: CheckpointEngine): boolean {
  const features = ({ features }: CheckpointEngine) => [...features].sort().join(' ');
  if (before.engine !== now.engine || features(before) !== features(now)) return false;
  // The description of WASM names its threads, on which no number depends.
  return before.engine === 'wasm' || before.description === now.description;
}

function adapterNotes(before: CheckpointEngine, now: CheckpointEngine): string[] {
  if (isSameAdapter(before, now)) return [];
  if (nameOf(before) !== nameOf(now)) {
    return [
      `The checkpoint was computed by ${nameOf(before)}, and the run goes on with ${nameOf(now)}: ${LAST_DIGITS}.`,
    ];
  }
  const all = new Set([...before.features, ...now.features]);
  const changed = [...all].filter((name) => before.features.includes(name) !== now.features.includes(name));
  return [
    `${nameOf(now)} has other features than when the checkpoint was made (${changed.join(', ')}): ${LAST_DIGITS}.`,
  ];
}

function threadNotes(before: CheckpointEngine, now: CheckpointEngine): string[] {
  if (before.threads === now.threads) return [];
  return [
    `The run had ${before.threads} threads and goes on with ${now.threads}: its speed changes, and no number does.`,
  ];
}

function kernelNotes({ kernels }: Checkpoint, trainer: Trainer): string[] {
  const missing = [...kernels].filter(([name, variant]) => trainer.kernels.get(name) !== variant);
  if (missing.length === 0) return [];
  return [
    `${missing.length} of ${kernels.size} kernels cannot be had in the variant that the run had before: ${LAST_DIGITS}.`,
  ];
}
