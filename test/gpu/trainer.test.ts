import * as tf from '@tensorflow/tfjs';
import { afterEach, describe, expect, it } from 'vitest';
import type { EngineInfo } from '../../src/domain/engineInfo';
import type { Baselines, Diagnosis, Marker, Measurement, NeighboursSnapshot } from '../../src/domain/measurement';
import { presetConfig } from '../../src/domain/presets';
import type { LiveChange, RunConfig } from '../../src/domain/runConfig';
import type { Emit } from '../../src/domain/signal';
import { cosineDecay } from '../../src/engine/optim/schedule';
import { readCheckpoint, writeCheckpoint } from '../../src/engine/run/checkpoint/checkpointFile';
import { saveRun } from '../../src/engine/run/checkpoint/saveRun';
import { RunError } from '../../src/engine/run/checkRun';
import { Trainer } from '../../src/engine/run/trainer';
import { describeOnEngines } from '../setup/engine';
import { syntheticDataset } from '../setup/syntheticDataset';

/** A network small enough for hundreds of steps in seconds; nothing here depends on what it learns. */
const CONFIG: RunConfig = {
  ...presetConfig('tiny', 'folder'),
  outputDim: 16,
  projectorHidden: 16,
  predictorHidden: 8,
  batchSize: 8,
  totalSteps: 1000,
  knn: { every: 0, k: 5, temperature: 0.1, bank: 64, queries: 32 },
  probe: { every: 0, images: 64 },
};

const dataset = syntheticDataset(96);

const ENGINE: Omit<EngineInfo, 'engine'> = {
  description: 'test',
  isSoftware: true,
  features: [],
  threads: 1,
  oneThreadReason: null,
  fallbackReason: null,
};

interface Heard {
  measurements: Measurement[];
  markers: Marker[];
  baselines: Baselines[];
  neighbours: NeighboursSnapshot[];
  diagnoses: Diagnosis[];
}

function listen(): { heard: Heard; emit: Emit } {
  const heard: Heard = { measurements: [], markers: [], baselines: [], neighbours: [], diagnoses: [] };
  return {
    heard,
    emit({ kind, value }) {
      if (kind === 'measurements') heard.measurements.push(...value);
      else if (kind === 'marker') heard.markers.push(value);
      else if (kind === 'baselines') heard.baselines.push(value);
      else if (kind === 'neighbours') heard.neighbours.push(value);
      else if (kind === 'diagnosis') heard.diagnoses.push(value);
    },
  };
}

const losses = (heard: Heard) => heard.measurements.flatMap(({ loss }) => (loss === undefined ? [] : [loss]));

async function lossesOf(
  config: RunConfig,
  steps: number,
  changes: readonly LiveChange[] = [],
  options: { recordSteps?: boolean } = {},
): Promise<number[]> {
  const { heard, emit } = listen();
  const trainer = new Trainer(dataset, config, changes, emit, options);
  for (let t = 0; t < steps; t++) await trainer.advance();
  await trainer.flush();
  trainer.dispose();
  return losses(heard);
}

describeOnEngines(['webgpu', 'wasm'], 'trainer', () => {
  let open: Trainer | undefined;
  afterEach(() => {
    open?.dispose();
    open = undefined;
  });

  it('gives the same loss series for the same seed, and another for another', async () => {
    const first = await lossesOf(CONFIG, 12);
    expect(first).toHaveLength(12);
    expect(await lossesOf(CONFIG, 12)).toEqual(first);
    expect(await lossesOf({ ...CONFIG, seed: CONFIG.seed + 1 }, 12)).not.toEqual(first);
  });

  it('measuring changes nothing in the training', async () => {
    const measured = { ...CONFIG, probe: { every: 2, images: 64 }, knn: { ...CONFIG.knn, every: 3 } };
    expect(await lossesOf(measured, 7)).toEqual(await lossesOf(CONFIG, 7));
  });

  it('a search of all images between two steps changes nothing in the training', async () => {
    const { heard, emit } = listen();
    const trainer = new Trainer(dataset, { ...CONFIG, probe: { every: 2, images: 64 } }, [], emit);
    open = trainer;
    const stopped = new Error('stopped');
    for (let t = 0; t < 12; t++) {
      if (t % 3 === 1) await trainer.searchAll(async () => undefined);
      if (t % 3 === 2) await expect(trainer.searchAll(() => Promise.reject(stopped))).rejects.toBe(stopped);
      await trainer.advance();
    }
    await trainer.flush();
    expect(losses(heard)).toEqual(await lossesOf(CONFIG, 12));
    const all = heard.neighbours.filter(({ searched }) => searched === dataset.count);
    expect(all.map(({ step }) => step)).toEqual([1, 4, 7, 10]);
  });

  describe('the length of a run', () => {
    const SHORT: RunConfig = {
      ...CONFIG,
      totalSteps: 6,
      knn: { ...CONFIG.knn, every: 4 },
      probe: { every: 4, images: 64 },
    };
    /** Everything that was measured, without the speed. */
    const measured = ({ measurements }: Heard) =>
      measurements.filter(({ imagesPerSecond }) => imagesPerSecond === undefined);
    const stepsOf = (heard: Heard, name: 'knn' | 'viewRetrieval' | 'effectiveRank') =>
      heard.measurements.flatMap((measurement) => (measurement[name] === undefined ? [] : [measurement.step]));
    const end = async (trainer: Trainer) => {
      let outcome = await trainer.advance();
      while (outcome === 'continue') outcome = await trainer.advance();
      return outcome;
    };

    async function extended(changes: readonly LiveChange[]): Promise<Heard> {
      const { heard, emit } = listen();
      const trainer = new Trainer(dataset, SHORT, changes, emit);
      await trainer.start();
      expect(await end(trainer)).toBe('finished');
      if (changes.length === 0) {
        expect(trainer.step).toBe(6);
        expect(await trainer.advance()).toBe('finished');
        trainer.change('totalSteps', 10);
        expect(await end(trainer)).toBe('finished');
      }
      expect([trainer.step, trainer.end, trainer.changes]).toEqual([10, 10, [[6, 'totalSteps', 10]]]);
      trainer.dispose();
      return heard;
    }

    it('can grow after the end, and a link with that change gives the same series', async () => {
      const byHand = await extended([]);
      expect(measured(await extended([[6, 'totalSteps', 10]]))).toEqual(measured(byHand));
      expect(stepsOf(byHand, 'viewRetrieval')).toEqual([0, 4, 6, 8, 10]);
      expect(byHand.markers).toContainEqual({ kind: 'change', step: 6, key: 'totalSteps', value: 10 });
      const rates = byHand.measurements.flatMap(({ learningRate }) => learningRate ?? []);
      const initial = (SHORT.baseLearningRate * SHORT.batchSize) / 256;
      expect(rates).toEqual(Array.from({ length: 10 }, (_, step) => cosineDecay(initial, step, step < 6 ? 6 : 10)));
      expect(losses(byHand).slice(0, 6)).toEqual(await lossesOf(SHORT, 6));
    });

    it('below the steps done ends the run at its present step, with the measurements of the end', async () => {
      const { heard, emit } = listen();
      const trainer = new Trainer(dataset, SHORT, [[5, 'totalSteps', 3]], emit);
      open = trainer;
      await trainer.start();
      expect(await end(trainer)).toBe('finished');
      expect([trainer.step, trainer.end]).toEqual([5, 5]);
      expect(stepsOf(heard, 'viewRetrieval')).toEqual([0, 4, 5]);
      expect(await trainer.advance()).toBe('finished');
      expect(stepsOf(heard, 'effectiveRank')).toEqual([0, 4, 5]);
      const engine: EngineInfo = { ...ENGINE, engine: tf.getBackend() as EngineInfo['engine'] };
      const checkpoint = readCheckpoint(writeCheckpoint(await saveRun(trainer, engine)));
      expect(checkpoint).toMatchObject({ step: 5, changes: { made: [[5, 'totalSteps', 3]] } });
    });
  });

  it('makes a change in flight at the next step, marks it, and a link replays it', async () => {
    const { heard, emit } = listen();
    const trainer = new Trainer(dataset, CONFIG, [], emit);
    open = trainer;
    for (let t = 0; t < 10; t++) {
      if (t === 4) trainer.change('stopGradient', false);
      await trainer.advance();
    }
    await trainer.flush();
    expect(heard.markers).toEqual([{ kind: 'change', step: 4, key: 'stopGradient', value: false }]);
    expect(trainer.changes).toEqual([[4, 'stopGradient', false]]);
    const without = await lossesOf(CONFIG, 10);
    // The loss of step 5 is computed with the old weights; the effect of its gradient shows from step 6 on.
    expect(losses(heard).slice(0, 5)).toEqual(without.slice(0, 5));
    expect(losses(heard).slice(5)).not.toEqual(without.slice(5));
    expect(await lossesOf(CONFIG, 10, trainer.changes)).toEqual(losses(heard));
  });

  it.each([
    ['no change', []],
    [
      'switches in flight',
      [
        [3, 'stopGradient', false],
        [5, 'predictor', 'fixed'],
        [7, 'baseLearningRate', 0.1],
      ],
    ],
  ] as [string, LiveChange[]][])('replayed steps are those run op by op, bit for bit: %s', async (_, changes) => {
    const config = { ...CONFIG, probe: { every: 4, images: 64 }, fixPredictorLr: true };
    const recorded = await lossesOf(config, 12, changes);
    expect(recorded).toHaveLength(12);
    expect(recorded).toEqual(await lossesOf(config, 12, changes, { recordSteps: false }));
  });

  it.each([
    ['predictor', 'none'],
    ['predictor', 'fixed'],
    ['baseLearningRate', 0.01],
  ] as const)('changes %s to %s in flight', async (key, value) => {
    const changed = await lossesOf(CONFIG, 6, [[2, key, value]]);
    expect(changed.every(Number.isFinite)).toBe(true);
    const without = await lossesOf(CONFIG, 6);
    expect(changed.slice(0, 2)).toEqual(without.slice(0, 2));
    expect(changed).not.toEqual(without);
  });

  it('leaks nothing: tensors and allocated bytes are flat over 200 steps', async () => {
    const { emit } = listen();
    const config = { ...CONFIG, probe: { every: 40, images: 64 }, knn: { ...CONFIG.knn, every: 100 } };
    const before = tf.memory().numTensors;
    const trainer = new Trainer(dataset, config, [], emit);
    await trainer.start();
    const used: { tensors: number; gpuBytes: number }[] = [];
    for (let t = 1; t <= 310; t++) {
      await trainer.advance();
      // In the first hundred steps every kind of measurement has been made once, and the state has been saved once.
      if (t === 110 || t === 310) {
        await trainer.flush();
        used.push(trainer.resources());
      }
    }
    expect(used[1].tensors).toBe(used[0].tensors);
    // A slow read-back leaves one more buffer in the pool; a leak would leave hundreds.
    expect(used[1].gpuBytes).toBeLessThan(1.1 * used[0].gpuBytes);
    trainer.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });

  it('measures baselines, ranks, neighbours and accuracies', async () => {
    const { heard, emit } = listen();
    const config = { ...CONFIG, probe: { every: 1, images: 64 }, knn: { ...CONFIG.knn, every: 4 } };
    const trainer = new Trainer(dataset, config, [], emit);
    open = trainer;
    await trainer.start();
    for (let t = 0; t < 4; t++) await trainer.advance();
    const [baselines] = heard.baselines;
    expect(baselines.inverseSqrtD).toBeCloseTo(0.25, 6);
    expect(baselines.knn).toMatchObject({ k: 5, temperature: 0.1, bank: 64, queries: 19 });
    expect(baselines.knn?.rawPixels).toBeGreaterThan(0);
    const at = (step: number) => Object.assign({}, ...heard.measurements.filter((m) => m.step === step)) as Measurement;
    expect(at(0).knn).toBe(baselines.knn?.untrained);
    expect(at(4).knn).toBeGreaterThan(0);
    expect(at(4).viewRetrieval).toBeGreaterThanOrEqual(0);
    expect(at(4).effectiveRank).toBeGreaterThan(1);
    expect(at(4).effectiveRank).toBeLessThanOrEqual(baselines.rankBound);
    expect(heard.neighbours.map(({ step }) => step)).toEqual([0, 1, 2, 3, 4]);
    await trainer.setQueries([3]);
    const latest = heard.neighbours[heard.neighbours.length - 1];
    expect(latest.backbone.map(({ query }) => query)).toEqual([3]);
    expect(latest.z[0].neighbours[0].similarity).toBeLessThanOrEqual(1 + 1e-6);
  });

  it('measures neither kNN nor view retrieval, nor baselines of them, where they are off', async () => {
    const { heard, emit } = listen();
    const trainer = new Trainer(dataset, { ...CONFIG, probe: { every: 2, images: 64 } }, [], emit);
    open = trainer;
    await trainer.start();
    for (let t = 0; t < 2; t++) await trainer.advance();
    expect(heard.baselines).toHaveLength(1);
    expect(heard.baselines[0]).toMatchObject({ rankBound: 16, knn: null, viewRetrieval: null });
    expect(heard.measurements.some(({ knn, viewRetrieval }) => knn !== undefined || viewRetrieval !== undefined)).toBe(
      false,
    );
    expect(heard.measurements.flatMap(({ step, effectiveRank }) => (effectiveRank === undefined ? [] : step))).toEqual([
      0, 2,
    ]);
  });

  it('keeps the last good weights when the loss is no longer a number', async () => {
    const { heard, emit } = listen();
    // Each update more than doubles every weight, until float32 overflows.
    const poison = { ...CONFIG, baseLearningRate: 100, weightDecay: 1, momentum: 0, headBatchNorm: 'none' as const };
    const exploding = new Trainer(dataset, poison, [], emit);
    open = exploding;
    let outcome = await exploding.advance();
    for (let t = 0; t < 200 && outcome === 'continue'; t++) outcome = await exploding.advance();
    expect(outcome).toBe('diverged');
    expect(exploding.step % 100).toBe(0);
    expect(losses(heard).slice(0, -1).every(Number.isFinite)).toBe(true);
    expect(heard.diagnoses.at(-1)).toMatchObject({ state: 'diverged' });
    expect(await exploding.advance()).toBe('diverged');
  });

  it('says what to do when there are too few images', () => {
    const run = () => new Trainer(syntheticDataset(12), CONFIG, [], listen().emit);
    expect(run).toThrow(RunError);
    expect(run).toThrow(/fewer than two batches of 8/);
  });
});
