import * as tf from '@tensorflow/tfjs';
import { expect, it } from 'vitest';
import type { LiveChange } from '../../src/domain/runConfig';
import type { RunSignal } from '../../src/domain/signal';
import { memoryTuningCache } from '../../src/engine/kernels/tuning/tuningCache';
import type { Checkpoint } from '../../src/engine/run/checkpoint/checkpoint';
import { readCheckpoint, writeCheckpoint } from '../../src/engine/run/checkpoint/checkpointFile';
import { resumeRun } from '../../src/engine/run/checkpoint/resumeRun';
import { notFinite, saveRun } from '../../src/engine/run/checkpoint/saveRun';
import { disposeSnapshot } from '../../src/engine/run/state';
import { Trainer } from '../../src/engine/run/trainer';
import { smallRun } from '../setup/checkpoints';
import { describeOnEngines, startTestEngine } from '../setup/engine';
import { expectSameReports, interrupted, trainedOn } from '../setup/resumedRuns';
import { syntheticDataset } from '../setup/syntheticDataset';

const dataset = syntheticDataset(40);
const unmeasured = {
  knn: { every: 0, k: 5, temperature: 0.1, bank: 16, queries: 8 },
  probe: { every: 0, images: 16 },
};

/** Goes on from a checkpoint for a step; returns the notes, and the losses it reports. */
async function goOn(checkpoint: Checkpoint, engine: Awaited<ReturnType<typeof startTestEngine>>, images = dataset) {
  const losses: number[] = [];
  const emit = ({ kind, value }: RunSignal) => {
    if (kind === 'measurements') losses.push(...value.flatMap(({ loss }) => loss ?? []));
  };
  const { trainer, notes } = await resumeRun(checkpoint, images, engine, emit);
  await trainer.advance();
  await trainer.flush();
  trainer.dispose();
  return { notes, losses };
}

describeOnEngines(['wasm'], 'a run that cannot be had again as it was', () => {
  it('goes on with another number of threads to the same bits, and says so', async () => {
    const engine = await startTestEngine('wasm');
    const config = smallRun();
    const whole = await interrupted(engine, config);
    const checkpoint = readCheckpoint(whole.bytes);
    expect(checkpoint.engine).toEqual({
      engine: 'wasm',
      description: engine.description,
      features: engine.features,
      threads: 1,
    });
    const bytes = writeCheckpoint({
      ...checkpoint,
      engine: { ...checkpoint.engine, threads: 4, description: 'before' },
    });
    const resumed = await trainedOn(engine, bytes);
    expect(resumed.notes).toEqual(['The run had 4 threads and goes on with 1: its speed changes, and no number does.']);
    expectSameReports(whole, { ...resumed, notes: [] }, config);
  });

  it('goes on after another engine, other instructions or another adapter, and says that its numbers differ', async () => {
    const engine = await startTestEngine('wasm');
    const { step, ...checkpoint } = readCheckpoint((await interrupted(engine, smallRun(unmeasured))).bytes);
    const of = { step, ...checkpoint };
    const gpu = { engine: 'webgpu', description: 'some GPU', features: ['shader-f16'], threads: 0 } as const;
    const after = await goOn({ ...of, engine: gpu, kernels: new Map([['a', 'b']]) }, engine);
    expect(after.notes).toEqual([
      `The checkpoint was computed by WebGPU (some GPU), and the run goes on with WASM (${engine.description}): its numbers differ in the last digits from those of a run without an interruption.`,
    ]);
    expect(after.losses).toHaveLength(step + 1);
    const otherInstructions = { ...of.engine, features: [...of.engine.features, 'relaxed-simd'] };
    expect((await goOn({ ...of, engine: otherInstructions }, engine)).notes).toEqual([
      expect.stringMatching(
        /has other features than when the checkpoint was made \(relaxed-simd\): its numbers differ/,
      ),
    ]);
  });

  it('is refused for other images, with what differs', async () => {
    const engine = await startTestEngine('wasm');
    const checkpoint = readCheckpoint((await interrupted(engine, smallRun(unmeasured))).bytes);
    const sentence = async (images: typeof dataset) => {
      const error = await goOn(checkpoint, engine, images).catch((reason: unknown) => reason);
      return error instanceof Error ? error.message : 'accepted';
    };
    expect(await sentence(syntheticDataset(44))).toBe(
      'The images are not those of the checkpoint: there are 44 images in place of 40. Load the images of “synthetic” as they were when the run began, with the same corrections of folders.',
    );
    expect(await sentence(syntheticDataset(40, 32, 2))).toContain('their files have other names or sizes');
    expect(await sentence({ ...dataset, split: dataset.split.toReversed() })).toContain(
      'other images are for training and for testing',
    );
    expect(await sentence({ ...dataset, labels: new Int16Array(40) })).toContain('they have other classes');
    expect(await sentence({ ...dataset, source: { kind: 'sample', id: 'emoji-3d', license: '' } })).toContain(
      'they are those of synthetic',
    );
  });

  it('is not saved once a weight is not finite', async () => {
    const engine = await startTestEngine('wasm');
    const trainer = new Trainer(dataset, smallRun(unmeasured), [], () => undefined);
    await trainer.advance();
    const good = await saveRun(trainer, engine);
    expect([...(good.reported.series.get('loss')?.steps ?? [])]).toEqual([1]);
    const broken = await trainer.take();
    const name = 'encoder.stem.conv.kernel';
    const kernel = broken.parameters.get(name)!;
    const parameters = new Map([...broken.parameters, [name, tf.fill(kernel.shape, Number.NaN)]]);
    kernel.dispose();
    await trainer.restore({ ...broken, parameters });
    disposeSnapshot({ ...broken, parameters });
    await expect(saveRun(trainer, engine)).rejects.toThrow(
      `After step 1 “parameters/${name}” holds a value that is not a finite number: the run is diverging, and no checkpoint of it is made.`,
    );
    trainer.dispose();
  });

  it('is saved at its last good weights where it diverged, with what was reported until then', async () => {
    const engine = await startTestEngine('wasm');
    // From step 102 on every update multiplies every weight, until float32 overflows.
    const poison: LiveChange[] = [[102, 'baseLearningRate', 100]];
    const change = { headBatchNorm: 'none', schedule: 'constant', weightDecay: 1, momentum: 0.1 } as const;
    const config = smallRun({ ...unmeasured, ...change, totalSteps: 1000 });
    const trainer = new Trainer(dataset, config, poison, () => undefined);
    let outcome = await trainer.advance();
    while (outcome === 'continue') outcome = await trainer.advance();
    expect(outcome).toBe('diverged');
    const { step, reported, changes, tensors } = await saveRun(trainer, engine);
    expect(step).toBe(100);
    expect(reported.series.get('loss')?.steps).toEqual(Float64Array.from({ length: 100 }, (_, i) => i + 1));
    expect(reported.markers.filter(({ kind }) => kind === 'change')).toEqual([]);
    expect(reported.diagnosis?.state).not.toBe('diverged');
    expect(changes).toEqual({ made: [], planned: poison });
    expect(notFinite(tensors)).toBeNull();
    trainer.dispose();
  });
});

describeOnEngines(['webgpu'], 'a run whose kernels cannot be had again', () => {
  it('goes on with others, and says so', async () => {
    const engine = await startTestEngine('webgpu');
    const config = smallRun({ ...unmeasured, totalSteps: 3 });
    const options = { tuning: memoryTuningCache(), isSoftware: true };
    const trainer = new Trainer(dataset, config, [], () => undefined, options);
    await trainer.prepare();
    await trainer.advance();
    const checkpoint = await saveRun(trainer, engine);
    trainer.dispose();
    const [[name]] = [...checkpoint.kernels] as [[string, string]];
    const kernels = new Map([...checkpoint.kernels, [name, 'a variant of old']]);
    const { notes, losses } = await goOn({ ...checkpoint, kernels }, engine);
    expect(notes).toEqual([
      `1 of ${kernels.size} kernels cannot be had in the variant that the run had before: its numbers differ in the last digits from those of a run without an interruption.`,
    ]);
    expect(losses).toHaveLength(2);
  });
});
