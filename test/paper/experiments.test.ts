import { expect, it } from 'vitest';
import { experimentTable, runExperiment } from '../../scripts/experiment/runExperiment';
import { readSample } from '../../scripts/node/loadDataset';
import type { EngineInfo } from '../../src/domain/engineInfo';
import { EXPERIMENTS } from '../../src/domain/experiments/registry';
import { type ImageDataset, squarePlaces } from '../../src/domain/imageDataset';
import type { RunConfig } from '../../src/domain/runConfig';
import { describeOnEngines } from '../setup/engine';
import { sampleOf } from '../setup/matrix';

const STEPS = 8;
const ENGINE: EngineInfo = {
  engine: 'wasm',
  description: 'processor',
  isSoftware: true,
  features: [],
  threads: 1,
  oneThreadReason: null,
  fallbackReason: null,
};

/** Too few steps to learn: the test checks only that every run of every experiment can be trained and judged. */
const short = (config: RunConfig): RunConfig => ({
  ...config,
  totalSteps: STEPS,
  knn: { ...config.knn, every: STEPS, bank: 40, queries: 20 },
});

/** A quarter of the images, since some experiments visit each image several times; two batches of 1024 are left to train on. */
function everyFourth(dataset: ImageDataset): ImageDataset {
  const isKept = (_: unknown, i: number) => i % 4 === 0;
  const bytes = dataset.size ** 2 * 4;
  const count = Math.ceil(dataset.count / 4);
  const pixels = new Uint8Array(count * bytes);
  for (let n = 0; n < count; n++) pixels.set(dataset.pixels.subarray(4 * n * bytes, (4 * n + 1) * bytes), n * bytes);
  return {
    ...dataset,
    ...squarePlaces(count, dataset.size),
    count,
    names: dataset.names.filter(isKept),
    labels: dataset.labels?.filter(isKept) ?? null,
    split: dataset.split.filter(isKept),
    pixels,
  };
}

describeOnEngines(['wasm'], 'an experiment of the paper', () => {
  it.each(sampleOf(EXPERIMENTS))('$name: its runs are trained, and its claim is judged', async (experiment) => {
    const result = await runExperiment(
      experiment,
      { base: 'tiny', dataset: 'fashion-mnist', seeds: [1], adjust: short },
      async (config) => everyFourth(await readSample('fashion-mnist', config)),
      ENGINE,
      () => undefined,
    );
    expect(result.runs.map(({ id }) => id)).toEqual(experiment.runs.map(({ id }) => id));
    for (const { label, summary, results } of result.runs) {
      expect(results, label).toHaveLength(1);
      expect(results[0]?.steps, label).toBeGreaterThan(0);
      expect(Number.isFinite(summary.loss?.value), label).toBe(true);
      expect(summary.knn?.value, label).toBeGreaterThanOrEqual(0);
      expect(experimentTable(result)).toContain(`| ${label} |`);
    }
    expect(result.verdict.text).not.toBe('');
  });
});
