import { expect, it } from 'vitest';
import { experimentTable, runExperiment } from '../../scripts/experiment/runExperiment';
import { readSample } from '../../scripts/node/loadDataset';
import type { EngineInfo } from '../../src/domain/engineInfo';
import { EXPERIMENTS } from '../../src/domain/experiments/registry';
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
  fallbackReason: null,
};

/** Too few steps to learn: the test checks only that every run of every experiment can be trained and judged. */
const short = (config: RunConfig): RunConfig => ({
  ...config,
  totalSteps: STEPS,
  knn: { ...config.knn, every: STEPS, bank: 40, queries: 20 },
});

describeOnEngines(['wasm'], 'an experiment of the paper', () => {
  it.each(sampleOf(EXPERIMENTS))('$name: its runs are trained, and its claim is judged', async (experiment) => {
    const result = await runExperiment(
      experiment,
      { base: 'tiny', dataset: 'fashion-mnist', seeds: [1], adjust: short },
      ({ imageSize }) => readSample('fashion-mnist', imageSize),
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
