import { describe, expect, it } from 'vitest';
import {
  type Experiment,
  experimentConfigs,
  leastSteps,
  type RunSummary,
} from '../../../src/domain/experiments/experiment';
import { EXPERIMENTS } from '../../../src/domain/experiments/registry';
import { presetConfig } from '../../../src/domain/presets';
import { configProblems } from '../../../src/domain/runConfig';
import { PRESET_NAMES } from '../../../src/domain/settings/names';

const named = (name: string): Experiment => {
  const found = EXPERIMENTS.find((experiment) => experiment.name === name);
  if (found === undefined) throw new Error(`no experiment ${name}`);
  return found;
};

const HEALTHY: RunSummary = {
  steps: 300,
  loss: -0.8,
  relativeStd: 0.9,
  effectiveRank: 60,
  knn: 0.7,
  untrainedKnn: 0.6,
  probe: 0.75,
};

const verdictOf = (name: string, runs: Readonly<Record<string, Partial<RunSummary>>>) =>
  named(name).verdict((id) => (id in runs ? { ...HEALTHY, ...runs[id] } : null));

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
        expect(new Set(configs.map(({ config }) => JSON.stringify(config))).size).toBe(configs.length);
      }
    },
  );

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
});

describe('verdicts', () => {
  it('cannot tell while a run is missing', () => {
    for (const { verdict } of EXPERIMENTS) expect(verdict(() => null).outcome).toBe('cannot tell');
  });

  it('figure 2: collapse, dimensional collapse or neither, from the results', () => {
    const collapsed = { loss: -0.999, relativeStd: 0.02, effectiveRank: 1.2 };
    expect(verdictOf('figure2', { with: {}, without: collapsed })).toMatchObject({ outcome: 'reproduces' });
    expect(verdictOf('figure2', { with: {}, without: collapsed }).text).toContain('std·√d 0.90 with and 0.02 without');
    expect(verdictOf('figure2', { with: {}, without: { loss: -0.99, effectiveRank: 9 } }).outcome).toBe('partly');
    expect(verdictOf('figure2', { with: {}, without: {} }).outcome).toBe('does not');
    // If both collapse, the experiment shows nothing about stop-gradient.
    expect(verdictOf('figure2', { with: collapsed, without: collapsed }).outcome).toBe('does not');
  });

  it('predictor: needs both the collapse without h and the high loss with a fixed one', () => {
    const none = { relativeStd: 0.03, loss: -0.998 };
    const fixed = { loss: -0.2 };
    expect(verdictOf('predictor', { baseline: {}, none, fixed }).outcome).toBe('reproduces');
    expect(verdictOf('predictor', { baseline: {}, none, fixed: {} }).outcome).toBe('partly');
    expect(verdictOf('predictor', { baseline: {}, none: {}, fixed: {} }).outcome).toBe('does not');
  });

  it('family: all must exceed the untrained network, with their outputs spread', () => {
    const all = { simsiam: {}, byol: {}, simclr: {}, swav: {} };
    expect(verdictOf('family', all).outcome).toBe('reproduces');
    expect(verdictOf('family', { ...all, swav: { knn: 0.5 } }).outcome).toBe('partly');
    expect(verdictOf('family', { ...all, byol: { relativeStd: 0.1 } }).outcome).toBe('partly');
  });

  it('batch size: only a spread above that between seeds counts', () => {
    const all = { '32': {}, '64': {}, '128': {}, '256': {}, '512': {}, '1024': {} };
    expect(verdictOf('batch-size', all).outcome).toBe('reproduces');
    expect(verdictOf('batch-size', { ...all, '256': { knn: 0.55 } }).outcome).toBe('partly');
  });

  it('bn: worse without BN, and as good on hidden layers alone as also on the output', () => {
    const all = { none: { knn: 0.5 }, hidden: {}, output: {}, all: {} };
    expect(verdictOf('bn', all).outcome).toBe('reproduces');
    expect(verdictOf('bn', { ...all, none: { relativeStd: 0.1 } }).text).toContain('close to collapse');
    expect(verdictOf('bn', { ...all, none: {} }).outcome).toBe('partly');
    expect(verdictOf('bn', { ...all, none: {}, output: { knn: 0.5 } }).outcome).toBe('does not');
  });

  it('similarity: the cosine is the better of two that stay spread', () => {
    expect(verdictOf('similarity', { cosine: {}, crossEntropy: { knn: 0.6 } }).outcome).toBe('reproduces');
    expect(verdictOf('similarity', { cosine: {}, crossEntropy: {} }).outcome).toBe('partly');
    expect(verdictOf('similarity', { cosine: {}, crossEntropy: { relativeStd: 0.1 } }).outcome).toBe('does not');
  });

  it('symmetry: none collapses, and the symmetric loss is the better', () => {
    const all = { symmetric: {}, asymmetric: { knn: 0.6 }, asymmetric2x: {} };
    expect(verdictOf('symmetry', all).outcome).toBe('reproduces');
    expect(verdictOf('symmetry', { ...all, asymmetric: {} }).outcome).toBe('partly');
    expect(verdictOf('symmetry', { ...all, asymmetric: { relativeStd: 0.1 } }).outcome).toBe('does not');
  });

  it('output dimension: the gain must exceed the spread between seeds', () => {
    const all = { '256': { knn: 0.6 }, '512': {}, '1024': {}, '2048': {} };
    expect(verdictOf('output-dim', all).outcome).toBe('reproduces');
    expect(verdictOf('output-dim', { ...all, '256': {} }).outcome).toBe('does not');
  });

  it('output dimension keeps the predictor’s bottleneck at a quarter', () => {
    for (const { config } of experimentConfigs(named('output-dim'), 'small', 'fashion-mnist')) {
      expect(config.predictorHidden).toBe(config.outputDim / 4);
    }
  });

  it('alternation: every number of inner steps must learn', () => {
    const all = { '1': {}, '10': {}, '100': {}, epoch: {} };
    expect(verdictOf('alternation', all).outcome).toBe('reproduces');
    expect(verdictOf('alternation', { ...all, '100': { knn: 0.55 } }).outcome).toBe('partly');
    expect(verdictOf('alternation', { ...all, '1': { relativeStd: 0.1 } }).outcome).toBe('does not');
  });

  it('moving average: must prevent the collapse that occurs without it', () => {
    const collapsed = { relativeStd: 0.03 };
    expect(verdictOf('moving-average', { none: collapsed, average: {} }).outcome).toBe('reproduces');
    expect(verdictOf('moving-average', { none: collapsed, average: { knn: 0.5 } }).outcome).toBe('partly');
    expect(verdictOf('moving-average', { none: collapsed, average: collapsed }).outcome).toBe('does not');
    expect(verdictOf('moving-average', { none: {}, average: {} }).outcome).toBe('does not');
  });

  it('momentum encoder: not needed, and no replacement for h', () => {
    const all = { without: {}, with: {}, alone: { relativeStd: 0.05 } };
    expect(verdictOf('momentum-encoder', all).outcome).toBe('reproduces');
    expect(verdictOf('momentum-encoder', { ...all, alone: {} }).outcome).toBe('partly');
    expect(verdictOf('momentum-encoder', { ...all, without: { relativeStd: 0.05 } }).outcome).toBe('does not');
  });

  it('SimCLR and SwAV with SimSiam’s parts: no gain, and a loss that is not a number', () => {
    const simclr = { plain: {}, predictor: {}, both: {} };
    expect(verdictOf('simclr-parts', simclr).outcome).toBe('reproduces');
    expect(verdictOf('simclr-parts', { ...simclr, both: { knn: 0.8 } }).outcome).toBe('does not');
    expect(verdictOf('simclr-parts', { ...simclr, both: { relativeStd: 0.1 } }).outcome).toBe('partly');
    const swav = { plain: {}, predictor: {}, without: { loss: null } };
    expect(verdictOf('swav-parts', swav).outcome).toBe('reproduces');
    expect(verdictOf('swav-parts', swav).text).toContain('not a number');
    expect(verdictOf('swav-parts', { ...swav, without: {} }).outcome).toBe('partly');
    expect(verdictOf('swav-parts', { ...swav, without: {}, predictor: { knn: 0.8 } }).outcome).toBe('does not');
  });
});
