import * as tf from '@tensorflow/tfjs';
import { afterEach, expect, it } from 'vitest';
import { presetConfig } from '../../src/domain/presets';
import type { LiveChange, RunConfig } from '../../src/domain/runConfig';
import { memoryTuningCache } from '../../src/engine/kernels/tuning/tuningCache';
import { disposeSnapshot, type RunSnapshot } from '../../src/engine/run/state';
import { Trainer, type TrainerOptions } from '../../src/engine/run/trainer';
import { describeOnEngines } from '../setup/engine';
import { syntheticDataset } from '../setup/syntheticDataset';

const dataset = syntheticDataset(40);

function config(change: Partial<RunConfig> = {}): RunConfig {
  return {
    ...presetConfig('tiny', 'folder', change.method ?? 'simsiam'),
    outputDim: 16,
    projectorHidden: 16,
    predictorHidden: 8,
    batchSize: 8,
    totalSteps: 1000,
    knn: { every: 0, k: 5, temperature: 0.1, bank: 16, queries: 8 },
    probe: { every: 0, images: 16 },
    ...change,
  };
}

const CHANGES: readonly LiveChange[] = [
  [2, 'stopGradient', false],
  [6, 'stopGradient', true],
];

/** Runs whose next step depends on more than their weights, each with changes in flight before and after the snapshot. */
const RUNS: readonly (readonly [name: string, config: RunConfig])[] = [
  ['SimSiam', config()],
  ['SimSiam with a linear probe', config({ knn: { every: 500, k: 5, temperature: 0.1, bank: 16, queries: 8 } })],
  ['BYOL', config({ method: 'byol' })],
  [
    'SwAV with its queue',
    config({ method: 'swav', prototypes: 12, queueLength: 16, queueStart: 3, freezePrototypes: 2 }),
  ],
  ['alternation', config({ alternation: 5 })],
  ['a moving average as target', config({ movingAverageTarget: true })],
];

/** After the first steps of an alternation of five, and with SwAV's queue full. */
const TAKEN_AT = 8;
const STEPS = 13;

/** The tensors and plain values of a snapshot, for comparison. */
async function contents(snapshot: RunSnapshot) {
  const read = async (tensors: ReadonlyMap<string, tf.Tensor>) =>
    Object.fromEntries(
      await Promise.all([...tensors].map(async ([name, t]) => [name, [...(await t.data())]] as const)),
    );
  const { parameters, momentum, heldTargets, probe, ...plain } = snapshot;
  const targets = heldTargets?.targets.flatMap(({ z1, z2 }) => [z1, z2]) ?? [];
  return {
    ...plain,
    parameters: await read(parameters),
    momentum: await read(momentum),
    probe: probe === null ? null : await read(probe),
    heldFrom: heldTargets?.from,
    targets: await Promise.all(targets.map(async (z) => [...(await z.data())])),
  };
}

describeOnEngines(['webgpu', 'wasm'], 'a snapshot of a run', () => {
  const open = new Set<Trainer>();
  afterEach(() => {
    for (const trainer of open) trainer.dispose();
    open.clear();
  });

  function start(of: RunConfig, changes: readonly LiveChange[] = [], options: TrainerOptions = {}) {
    const losses: number[] = [];
    const states: string[] = [];
    const emit: ConstructorParameters<typeof Trainer>[3] = ({ kind, value }) => {
      if (kind === 'measurements') losses.push(...value.flatMap(({ loss }) => loss ?? []));
      else if (kind === 'diagnosis') states.push(value.state);
    };
    const trainer = new Trainer(dataset, of, changes, emit, options);
    open.add(trainer);
    const advanceTo = async (step: number) => {
      while (trainer.step < step) await trainer.advance();
      await trainer.flush();
    };
    const end = () => {
      trainer.dispose();
      open.delete(trainer);
    };
    return { trainer, losses, states, advanceTo, end };
  }

  it.each(RUNS)('goes on with the same losses, in a new trainer and in its own: %s', async (_, of) => {
    const before = tf.memory().numTensors;
    const whole = start(of, CHANGES);
    await whole.advanceTo(TAKEN_AT);
    const snapshot = await whole.trainer.take();
    await whole.advanceTo(STEPS);
    const losses = [...whole.losses];
    expect(losses).toHaveLength(STEPS);
    expect(new Set(losses).size).toBe(STEPS);

    // It is restored, and replays its existing recording.
    await whole.trainer.restore(snapshot);
    expect(whole.trainer.step).toBe(TAKEN_AT);
    await whole.advanceTo(STEPS);
    expect(whole.losses.slice(STEPS)).toEqual(losses.slice(TAKEN_AT));
    whole.end();

    const later = start(of);
    await later.trainer.restore(snapshot);
    expect(later.trainer.changes).toEqual([
      [2, 'stopGradient', false],
      [6, 'stopGradient', true],
    ]);
    await later.advanceTo(STEPS);
    expect(later.losses).toEqual(losses.slice(TAKEN_AT));
    later.end();
    disposeSnapshot(snapshot);
    expect(tf.memory().numTensors).toBe(before);
  });

  it('includes the changes that are still to be made', async () => {
    const of = config();
    const changes: LiveChange[] = [[10, 'baseLearningRate', 0.01]];
    const whole = start(of, changes);
    await whole.advanceTo(TAKEN_AT);
    const snapshot = await whole.trainer.take();
    await whole.advanceTo(STEPS);
    const later = start(of);
    await later.trainer.restore(snapshot);
    await later.advanceTo(STEPS);
    expect(later.trainer.changes).toEqual(changes);
    expect(later.losses).toEqual(whole.losses.slice(TAKEN_AT));
    disposeSnapshot(snapshot);
  });

  it('drops momentum that the state does not have, where a recorded step finds it', async () => {
    const { trainer, losses, advanceTo } = start(config());
    const initial = await trainer.take();
    expect(initial.momentum.size).toBe(0);
    await advanceTo(4);
    await trainer.restore(initial);
    await advanceTo(4);
    expect(losses.slice(4)).toEqual(losses.slice(0, 4));
    disposeSnapshot(initial);
  });

  it('is refused by a run with other settings', async () => {
    const snapshot = await start(config()).trainer.take();
    const { trainer } = start(config({ weightDecay: 0.5 }));
    await expect(trainer.restore(snapshot)).rejects.toThrow('other settings');
    disposeSnapshot(snapshot);
  });

  it('a run that diverged is restored to its last good state, including momentum and diagnosis', async () => {
    const of = config({ schedule: 'constant', weightDecay: 1, momentum: 0.1, headBatchNorm: 'none', alternation: 3 });
    // From step 102 on every update multiplies every weight, until float32 overflows.
    const poison: LiveChange[] = [[102, 'baseLearningRate', 100]];
    const diverging = start(of, poison);
    const advanceToTheEnd = async (trainer: Trainer) => {
      let outcome = await trainer.advance();
      while (outcome === 'continue') outcome = await trainer.advance();
      return outcome;
    };
    expect(await advanceToTheEnd(diverging.trainer)).toBe('diverged');
    expect(diverging.states.at(-1)).toBe('diverged');
    const { step } = diverging.trainer;
    expect(step).toBe(100);
    expect(diverging.trainer.changes).toEqual([]);

    const good = start(of, poison);
    await good.advanceTo(step);
    const [after, expected] = [await diverging.trainer.take(), await good.trainer.take()];
    expect(after.diagnosis.diagnosis.state).not.toBe('diverged');
    expect(await contents(after)).toEqual(await contents(expected));

    // A run that continued from there and diverges is restored to that state, not to its own beginning.
    const later = start(of);
    await later.trainer.restore(after);
    expect(await advanceToTheEnd(later.trainer)).toBe('diverged');
    expect(later.trainer.step).toBe(step);
    disposeSnapshot(after);
    disposeSnapshot(expected);
  });
});

describeOnEngines(['webgpu'], 'a snapshot’s kernels', () => {
  it('are those that a restored run computes with', async () => {
    const of = config();
    const cache = memoryTuningCache();
    const whole = new Trainer(dataset, of, [], () => undefined, { tuning: cache, isSoftware: true });
    await whole.prepare();
    const snapshot = await whole.take();
    whole.dispose();
    expect(snapshot.kernels.size).toBeGreaterThan(0);
    // Without a cache no variant would be chosen.
    const later = new Trainer(dataset, of, [], () => undefined);
    await later.restore(snapshot);
    const again = await later.take();
    expect(again.kernels).toEqual(snapshot.kernels);
    later.dispose();
    disposeSnapshot(snapshot);
    disposeSnapshot(again);
  });
});
