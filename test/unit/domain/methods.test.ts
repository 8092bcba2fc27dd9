import { describe, expect, it } from 'vitest';
import { setConfigValue } from '../../../src/domain/configPath';
import { ALL_OPTIONS, hasOption, METHOD_NAMES, METHODS, type MethodName } from '../../../src/domain/methods/registry';
import { presetConfig, withMethod } from '../../../src/domain/presets';
import { configProblems, LIVE_KEYS, liveSettingsOf, type RunConfig } from '../../../src/domain/runConfig';
import { PRESET_NAMES } from '../../../src/domain/settings/names';
import { decodeShareLink, encodeShareLink } from '../../../src/domain/shareLink';

const of = (method: MethodName, change: Partial<RunConfig> = {}): RunConfig => ({
  ...presetConfig('small', 'fashion-mnist', method),
  ...change,
});

describe.each(METHOD_NAMES)('%s', (method) => {
  it.each(PRESET_NAMES)('has sound defaults under the preset %s, and leaves other methods’ options alone', (preset) => {
    const config = presetConfig(preset, 'emoji-3d', method);
    expect(configProblems(config)).toEqual([]);
    const values = new Map<string, unknown>(Object.entries(config));
    for (const [name, { value }] of ALL_OPTIONS) {
      if (!hasOption(method, name)) expect(values.get(name), name).toBe(value);
    }
  });

  it('is shared by a link that holds only what differs from its own defaults', () => {
    const config = setConfigValue(of(method), 'baseLearningRate', 0.123);
    const hash = encodeShareLink({ config, changes: [], folder: null });
    expect(decodeShareLink(hash)).toEqual({ run: { config, changes: [], folder: null }, notices: [] });
    expect(new URLSearchParams(hash).size).toBe(method === 'simsiam' ? 5 : 6);
  });

  it('says in words what its options are and what its loss means', () => {
    const description = METHODS[method];
    expect(description.lossHelp(of(method)).length).toBeGreaterThan(20);
    expect(description.diagram(of(method)).formula).toMatch(/^L = /);
    for (const [name, { schema, value, help }] of Object.entries(description.options)) {
      expect(schema.safeParse(value).success, name).toBe(true);
      expect(help, name).toMatch(/^[A-Z].*\.$/);
    }
  });
});

describe('another method', () => {
  it('keeps shared settings that were edited by hand, and uses its own defaults', () => {
    let config = of('simsiam', { seed: 7, batchSize: 48, predictor: 'none', engine: 'wasm' });
    config = setConfigValue(config, 'augment.crop.scaleMin', 0.4);
    const byol = withMethod(config, 'byol');
    expect(byol).toMatchObject({ method: 'byol', seed: 7, batchSize: 48, engine: 'wasm', predictor: 'trained' });
    expect(byol.augment.crop.scaleMin).toBe(0.4);
    expect(byol.projectorLayers).toBe(2);
    expect(withMethod(byol, 'simsiam')).toEqual({ ...config, predictor: 'trained' });
    expect(withMethod(of('simclr'), 'simclr')).toEqual(of('simclr'));
  });

  it('keeps a size that was edited by hand instead of its default', () => {
    expect(of('simclr').outputDim).toBe(128);
    expect(withMethod(of('simsiam', { outputDim: 64 }), 'simclr').outputDim).toBe(64);
  });
});

describe('invalid combinations are refused with advice', () => {
  it.each<readonly [string, RunConfig, RegExp]>([
    [
      'a setting of another method',
      of('simclr', { alternation: 10 }),
      /SimCLR has no setting “Alternating.*leave it out/,
    ],
    ['two kinds of target', of('simsiam', { momentumEncoder: true, alternation: 2 }), /switch off all but one/],
    ['an average and held targets', of('simsiam', { movingAverageTarget: true, alternation: 0 }), /all but one/],
    [
      'a constant target that takes gradient',
      of('simsiam', { momentumEncoder: true, stopGradient: false }),
      /stop-gradient/,
    ],
    [
      'two pairs with held targets',
      of('simsiam', { alternation: 5, symmetrization: 'asymmetric2x' }),
      /symmetrisation/,
    ],
    ['an average of logits', of('simsiam', { movingAverageTarget: true, similarity: 'crossEntropy' }), /cosine/],
    ['a queue shorter than a batch', of('swav', { queueLength: 10 }), /queue of 10 is shorter than a batch of 64/],
  ])('%s', (_, config, words) => {
    expect(configProblems(config).join(' ')).toMatch(words);
  });
});

it('the live settings are the live options, the rate and the length of the run', () => {
  const live = [...ALL_OPTIONS].filter(([, option]) => option.live).map(([name]) => name);
  expect([...LIVE_KEYS].sort()).toEqual([...live, 'baseLearningRate', 'totalSteps'].sort());
  expect(liveSettingsOf(of('simclr'))).toMatchObject({ stopGradient: false, predictor: 'none', temperature: 0.5 });
});
