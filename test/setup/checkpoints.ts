import type { EngineInfo } from '../../src/domain/engineInfo';
import { presetConfig } from '../../src/domain/presets';
import type { LiveChange, RunConfig } from '../../src/domain/runConfig';
import type { RunSignal } from '../../src/domain/signal';
import type { TrainingImages } from '../../src/engine/images/pictureCache';
import { readCheckpoint, writeCheckpoint } from '../../src/engine/run/checkpoint/checkpointFile';
import { type ResumedRun, resumeRun } from '../../src/engine/run/checkpoint/resumeRun';
import { saveRun } from '../../src/engine/run/checkpoint/saveRun';
import { Trainer, type TrainerOptions } from '../../src/engine/run/trainer';

/** A run of a few small steps. */
export function smallRun(change: Partial<RunConfig> = {}): RunConfig {
  return {
    ...presetConfig('tiny', 'folder', change.method ?? 'simsiam'),
    outputDim: 16,
    projectorHidden: 16,
    predictorHidden: 8,
    batchSize: 8,
    totalSteps: 6,
    knn: { every: 2, k: 5, temperature: 0.1, bank: 16, queries: 8 },
    probe: { every: 1, images: 16 },
    ...change,
  };
}

/** Before the step of the checkpoint, and after it. */
export const CHANGES: readonly LiveChange[] = [
  [1, 'baseLearningRate', 0.2],
  [4, 'stopGradient', false],
];

/** All that was measured after each step, in the order of the steps. */
export function measuredByStep(signals: readonly RunSignal[]) {
  const steps = new Map<number, Record<string, number>>();
  for (const signal of signals) {
    if (signal.kind !== 'measurements') continue;
    for (const { imagesPerSecond: _, ...measured } of signal.value) {
      if (Object.keys(measured).length > 1) steps.set(measured.step, { ...steps.get(measured.step), ...measured });
    }
  }
  return [...steps.values()].sort((a, b) => (a.step ?? 0) - (b.step ?? 0));
}

export const framesOf = (signals: readonly RunSignal[]) =>
  signals.flatMap((signal) => (signal.kind === 'frame' ? [signal.value] : []));

export const markersOf = (signals: readonly RunSignal[]) =>
  signals.flatMap((signal) => (signal.kind === 'marker' ? [signal.value] : []));

const endOf = async (trainer: Trainer) => {
  while ((await trainer.advance()) === 'continue');
  await trainer.flush();
  trainer.dispose();
};

/** Trains a run to its end, with a checkpoint after step `at` while it goes on; returns what it reported, and the checkpoint's bytes. */
export async function wholeRun(
  images: TrainingImages,
  config: RunConfig,
  engine: EngineInfo,
  at: number,
  options: TrainerOptions = {},
) {
  const signals: RunSignal[] = [];
  const emit = (signal: RunSignal) => signals.push(structuredClone(signal));
  const trainer = new Trainer(images, config, CHANGES, emit, { allFrames: true, ...options });
  await trainer.start();
  while (trainer.step < at) await trainer.advance();
  const bytes = writeCheckpoint(await saveRun(trainer, engine));
  await endOf(trainer);
  return { signals, bytes };
}

/** Goes on from a checkpoint's bytes to the run's end; returns what it reported, with what the first run had reported until then. */
export async function restOfRun(
  images: TrainingImages,
  bytes: Uint8Array,
  engine: EngineInfo,
  options: TrainerOptions = {},
): Promise<{ readonly signals: readonly RunSignal[]; readonly notes: ResumedRun['notes']; readonly from: number }> {
  const signals: RunSignal[] = [];
  const emit = (signal: RunSignal) => signals.push(structuredClone(signal));
  const { trainer, notes } = await resumeRun(readCheckpoint(bytes), images, engine, emit, {
    allFrames: true,
    ...options,
  });
  const from = trainer.step;
  await endOf(trainer);
  return { signals, notes, from };
}
