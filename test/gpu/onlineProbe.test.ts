import * as tf from '@tensorflow/tfjs';
import { expect, it } from 'vitest';
import type { ImageDataset } from '../../src/domain/imageDataset';
import type { Measurement } from '../../src/domain/measurement';
import { presetConfig } from '../../src/domain/presets';
import type { RunConfig } from '../../src/domain/runConfig';
import type { RunSignal } from '../../src/domain/signal';
import { SCALAR, SCALARS } from '../../src/engine/methods/stepInputs';
import { OnlineProbe } from '../../src/engine/monitors/onlineProbe';
import { Trainer } from '../../src/engine/run/trainer';
import { describeOnEngines } from '../setup/engine';
import { syntheticDataset } from '../setup/syntheticDataset';

function config(change: Partial<RunConfig> = {}): RunConfig {
  return {
    ...presetConfig('tiny', 'folder', change.method ?? 'simsiam'),
    outputDim: 16,
    projectorHidden: 16,
    predictorHidden: 8,
    batchSize: 16,
    totalSteps: 20,
    knn: { every: 10, k: 5, temperature: 0.1, bank: 64, queries: 16 },
    probe: { every: 0, images: 16 },
    ...change,
  };
}

async function measured(dataset: ImageDataset, settings: RunConfig): Promise<Measurement[]> {
  const all: Measurement[] = [];
  const emit = (signal: RunSignal) => {
    if (signal.kind === 'measurements') all.push(...signal.value);
  };
  const trainer = new Trainer(dataset, settings, [], emit);
  await trainer.start();
  while ((await trainer.advance()) === 'continue');
  trainer.dispose();
  return all;
}

const lossesOf = (all: readonly Measurement[]) => all.flatMap(({ loss }) => (loss === undefined ? [] : [loss]));

/** Features of three classes that differ in their mean, and the labels of the rows. */
function clusters(rows: number): { readonly values: Float32Array; readonly labels: number[] } {
  const labels = Array.from({ length: rows }, (_, n) => n % 3);
  const values = Float32Array.from({ length: rows * 6 }, (_, i) => {
    const [n, c] = [Math.floor(i / 6), i % 6];
    return 5 + (labels[n] === c ? 2 : 0) + Math.sin(12.9898 * i);
  });
  return { values, labels };
}

describeOnEngines(['webgpu', 'wasm'], 'the online linear probe of a run', () => {
  it('leaves the loss of a run as it is, to the bit', async () => {
    const dataset = syntheticDataset(80);
    for (const method of ['simsiam', 'swav'] as const) {
      const withProbe = await measured(dataset, config({ method }));
      const without = await measured(dataset, config({ method, knn: { ...config().knn, every: 0 } }));
      expect(lossesOf(withProbe)).toHaveLength(20);
      expect(lossesOf(withProbe)).toEqual(lossesOf(without));
      expect(withProbe.filter(({ onlineProbe }) => onlineProbe !== undefined).map(({ step }) => step)).toEqual([
        10, 20,
      ]);
      expect(without.some(({ onlineProbe }) => onlineProbe !== undefined)).toBe(false);
    }
  });

  it('is absent without labels', async () => {
    const all = await measured({ ...syntheticDataset(80), labels: null, classNames: [] }, config({ totalSteps: 2 }));
    expect(all.some(({ onlineProbe }) => onlineProbe !== undefined)).toBe(false);
  });
});

describeOnEngines(['webgpu', 'wasm', 'cpu'], 'the online linear probe', () => {
  it('learns classes that differ linearly, and ignores rows without a label', async () => {
    const { values, labels } = clusters(30);
    const probe = new OnlineProbe(6, 3);
    const features = tf.tensor2d(values, [30, 6]);
    const numbers = new Float32Array(SCALARS);
    numbers[SCALAR.probeLearningRate] = 0.1;
    const scalars = tf.tensor1d(numbers);
    // The last ten rows have no label.
    const classes = tf.tensor2d(
      Float32Array.from({ length: 90 }, (_, i) => (i < 60 && i % 3 === labels[Math.floor(i / 3)] ? 1 / 20 : 0)),
      [30, 3],
    );
    const weights = tf.tensor2d(
      Float32Array.from({ length: 90 }, (_, i) => (i < 60 ? 1 / 20 : 0)),
      [30, 3],
    );
    const rows = { data: values, n: 30, d: 6 };
    expect(await probe.accuracy(rows, rows, labels)).toBeCloseTo(1 / 3);
    const before = tf.memory().numTensors;
    for (let step = 0; step < 40; step++) probe.update(features, { classes, weights }, scalars);
    expect(tf.memory().numTensors).toBe(before);
    expect(await probe.accuracy(rows, rows, labels)).toBeGreaterThan(0.9);

    const state = probe.state();
    const known = await probe.accuracy(rows, rows, labels);
    const none = tf.zerosLike(classes) as tf.Tensor2D;
    const noWeights = tf.zerosLike(weights) as tf.Tensor2D;
    const other = new OnlineProbe(6, 3);
    other.update(features, { classes: none, weights: noWeights }, scalars);
    expect([...(await other.state().get('weight')!.data())].every((value) => value === 0)).toBe(true);
    other.restore(state);
    expect(await other.accuracy(rows, rows, labels)).toBe(known);
    tf.dispose([features, scalars, classes, weights, none, noWeights, ...state.values()]);
    probe.dispose();
    other.dispose();
  });
});
