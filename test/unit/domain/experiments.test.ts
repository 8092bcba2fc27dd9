import { describe, expect, it } from 'vitest';
import { changesOf, type Experiment, experimentConfigs, leastSteps } from '../../../src/domain/experiments/experiment';
import { EXPERIMENTS } from '../../../src/domain/experiments/registry';
import { presetConfig } from '../../../src/domain/presets';
import { configProblems } from '../../../src/domain/runConfig';
import { PRESET_NAMES } from '../../../src/domain/settings/names';

const named = (name: string): Experiment => {
  const found = EXPERIMENTS.find((experiment) => experiment.name === name);
  if (found === undefined) throw new Error(`no experiment ${name}`);
  return found;
};

describe('experiments', () => {
  it('keep the names that --preset accepts', () => {
    expect(EXPERIMENTS.map(({ name }) => name)).toEqual([
      'figure2',
      'predictor',
      'batch-size',
      'bn',
      'similarity',
      'symmetry',
      'output-dim',
      'alternation',
      'moving-average',
      'family',
      'momentum-encoder',
      'simclr-parts',
      'swav-parts',
      'past-saving',
    ]);
  });

  it('have names and run ids of their own', () => {
    expect(new Set(EXPERIMENTS.map(({ name }) => name)).size).toBe(EXPERIMENTS.length);
    for (const { runs } of EXPERIMENTS) expect(new Set(runs.map(({ id }) => id)).size).toBe(runs.length);
  });

  it.each(EXPERIMENTS.map((experiment) => [experiment.name, experiment] as const))(
    '%s makes sound settings from every preset, all runs different',
    (_, experiment) => {
      for (const preset of PRESET_NAMES) {
        const configs = experimentConfigs(experiment, preset, 'fashion-mnist');
        for (const { config } of configs) expect(configProblems(config)).toEqual([]);
        const different = configs.map(({ run, config }) => JSON.stringify([config, changesOf(experiment, run)]));
        expect(new Set(different).size).toBe(configs.length);
      }
    },
  );

  it('a fork has the changes of its parent up to where it begins, and its own', () => {
    const experiment = named('past-saving');
    const fork = experiment.runs.find(({ id }) => id === 'after-20');
    expect(changesOf(experiment, fork!)).toEqual([
      [100, 'stopGradient', false],
      [120, 'stopGradient', true],
    ]);
  });

  it('batch sizes see the same number of images', () => {
    const seen = experimentConfigs(named('batch-size'), 'small', 'fashion-mnist').map(
      ({ config }) => config.batchSize * config.totalSteps,
    );
    for (const images of seen) expect(images).toBe(seen[0]);
    expect(seen[0]).toBe(presetConfig('small').batchSize * presetConfig('small').totalSteps);
  });

  it('has batch sizes up to 1024, an alternation with an epoch of inner steps, and SwAV’s parts without a queue', () => {
    const values = (name: string, key: 'batchSize' | 'alternation' | 'queueLength' | 'headBatchNorm') =>
      experimentConfigs(named(name), 'tiny', 'fashion-mnist').map(({ config }) => config[key]);
    expect(values('batch-size', 'batchSize')).toEqual([32, 64, 128, 256, 512, 1024]);
    expect(values('alternation', 'alternation')).toEqual([1, 10, 100, 0]);
    expect(values('swav-parts', 'queueLength')).toEqual([0, 0, 0]);
    expect(values('moving-average', 'headBatchNorm')).toEqual(Array(3).fill('outputAffine'));
  });

  it.each([
    ['moving-average', 10 * 312],
    ['alternation', 3 * 312],
    ['figure2', 40],
  ])('%s visits each image as often as its effect needs, whatever the length asked for', (name, expected) => {
    const stepsOf = (steps: number, images?: number) =>
      experimentConfigs(
        named(name),
        'tiny',
        'fashion-mnist',
        (config) => ({ ...config, totalSteps: steps }),
        images,
      ).map(({ config }) => config.totalSteps);
    expect(new Set(stepsOf(40, 10_000))).toEqual(new Set([expected]));
    expect(new Set(stepsOf(40))).toEqual(new Set([40]));
    expect(new Set(stepsOf(4000, 10_000))).toEqual(new Set([4000]));
    expect(leastSteps(named(name), 10_000, 32)).toBe(expected === 40 ? 1 : expected);
  });

  it('adjusts the shared settings before those of each run', () => {
    const configs = experimentConfigs(named('figure2'), 'tiny', 'fashion-mnist', (config) => ({
      ...config,
      totalSteps: 7,
      stopGradient: true,
    }));
    expect(configs.map(({ config }) => [config.totalSteps, config.stopGradient])).toEqual([
      [7, true],
      [7, false],
    ]);
  });

  it('output dimension keeps the predictor’s bottleneck at a quarter', () => {
    for (const { config } of experimentConfigs(named('output-dim'), 'small', 'fashion-mnist')) {
      expect(config.predictorHidden).toBe(config.outputDim / 4);
    }
  });
});
