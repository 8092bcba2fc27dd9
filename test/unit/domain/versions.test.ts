import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it, vi } from 'vitest';
import { flattenConfig } from '../../../src/domain/configPath';
import { METHOD_NAMES } from '../../../src/domain/methods/registry';
import { presetConfig } from '../../../src/domain/presets';
import { configProblems } from '../../../src/domain/runConfig';
import { SETTING_LIST } from '../../../src/domain/settings/registry';
import { type DefaultsKey, type DefaultsTable, isKnownTo } from '../../../src/domain/versions/defaultsTable';
import { CURRENT_VERSION, configFrom, defaultsOf } from '../../../src/domain/versions/registry';

const NAMES = ['preset', 'dataset', 'method'];

/** A version's defaults as pinned while it was the current version. */
function pinned(version: number): DefaultsTable {
  const file = new URL(`../../fixtures/defaultsOfVersion${version}.json`, import.meta.url);
  if (!existsSync(file)) {
    throw new Error(`Version ${version} is new: pin its defaults (scripts/freezeDefaults.ts, see CONTRIBUTING).`);
  }
  return JSON.parse(readFileSync(file, 'utf8'));
}

const keysOf = ({ presets, datasets, methods }: DefaultsTable): DefaultsKey[] =>
  presets.flatMap((preset) => datasets.flatMap((dataset) => methods.map((method) => ({ preset, dataset, method }))));

describe.each(Array.from({ length: CURRENT_VERSION }, (_, i) => i + 1))('the defaults of version %i', (version) => {
  it('are the pinned ones: a change of the current defaults needs a new version', () => {
    const table = pinned(version);
    expect(keysOf(table).length).toBeGreaterThanOrEqual(60);
    for (const key of keysOf(table)) {
      const [now, then] = [defaultsOf(version, key), configFrom(table, key)].map((config) => [
        ...flattenConfig(config),
      ]);
      expect(now, `${Object.values(key).join(', ')}: a default changed without a new version`).toEqual(then);
    }
  });

  it('have a value for every current setting, from the table or from `formerly`', () => {
    const { values } = pinned(version);
    const missing = SETTING_LIST.filter(
      ([path, { formerly }]) => !NAMES.includes(path) && !Object.hasOwn(values, path) && formerly === undefined,
    );
    expect(
      missing.map(([path]) => path),
      'declare “formerly” for these',
    ).toEqual([]);
  });

  it('have the current settings in the current order', () => {
    const then = Object.keys(pinned(version).values);
    const now = [...flattenConfig(presetConfig('small')).keys()];
    expect(now.filter((path) => then.includes(path))).toEqual(then);
    expect(now.slice(0, 3)).toEqual(NAMES);
  });
});

describe('versions', () => {
  it('refuse a table that lacks a setting', () => {
    const table = pinned(1);
    const { seed: _, ...values } = table.values;
    const key = { preset: 'tiny', dataset: 'folder', method: 'byol' } as const;
    expect(configFrom(table, key).seed).toBe(1);
    expect(() => configFrom({ ...table, values }, key)).toThrow(/^seed: .*formerly/);
  });

  it('give an option that came later what runs did before, and the methods without it its only value', () => {
    const of = (method: DefaultsKey['method']) => defaultsOf(1, { preset: 'paper', dataset: 'folder', method });
    expect(of('simsiam')).toMatchObject({ etaStart: 'zero', convolutionInit: 'uniformFanIn' });
    expect(of('simsiam').augment.blur.kernel).toBe('side');
    expect(presetConfig('paper').convolutionInit).toBe('normalFanOut');
    for (const method of METHOD_NAMES) expect(configProblems(of(method)), method).toEqual([]);
  });

  it('know the methods that they had', () => {
    const key = { preset: 'tiny', dataset: 'folder', method: 'byol' } as const;
    const table = pinned(1);
    expect(isKnownTo(table, key)).toBe(true);
    expect(isKnownTo({ ...table, methods: ['simsiam'] }, key)).toBe(false);
  });

  it.each([0, 1.5, CURRENT_VERSION + 1, Number.NaN])('there is no version %d', (version) => {
    expect(() => defaultsOf(version, { preset: 'tiny', dataset: 'folder', method: 'byol' })).toThrow('no version');
  });
});

it('links and records of version 1 keep its defaults when those of today change', async () => {
  vi.resetModules();
  vi.doMock('../../../src/domain/presets', () => ({
    presetConfig: (...names: Parameters<typeof presetConfig>) => ({ ...presetConfig(...names), weightDecay: 0.25 }),
  }));
  const { decodeShareLink } = await import('../../../src/domain/shareLink');
  const { storedConfig } = await import('../../../src/domain/versions/storedConfig');
  const decay = (hash: string) => decodeShareLink(hash).run.config.weightDecay;
  expect(decay('v=1&preset=tiny&dataset=emoji-3d&method=swav')).toBe(0.0005);
  expect(decay(`v=${CURRENT_VERSION}&preset=tiny`)).toBe(0.25);
  expect(decay(`v=${CURRENT_VERSION + 1}&preset=tiny`)).toBe(0.25);
  const { weightDecay: _, ...older } = presetConfig('tiny', 'folder', 'byol');
  expect(storedConfig(older, 1)?.weightDecay).toBe(0.0005);
  expect(storedConfig(older, CURRENT_VERSION)?.weightDecay).toBe(0.25);
  vi.doUnmock('../../../src/domain/presets');
});
