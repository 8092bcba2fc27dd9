import { unflattened } from '../configPath';
import { presetConfig } from '../presets';
import { type RunConfig, runConfigSchema } from '../runConfig';
import { SETTING_LIST } from '../settings/registry';
import type { Leaf } from '../settings/setting';
import { type DefaultsKey, type DefaultsTable, defaultIn, isKnownTo } from './defaultsTable';
import { DEFAULTS as V1 } from './v1';

/** The defaults of versions 1, 2, ... that are no longer today's. They never change. */
const FROZEN: readonly DefaultsTable[] = [V1];

/**
 * Written into every link and record. A link and an old record leave out settings; what they leave out has the defaults of their
 * version. Whoever changes a default, or what a setting does, freezes today's defaults first (CONTRIBUTING).
 */
export const CURRENT_VERSION = FROZEN.length + 1;

/**
 * The defaults of a version. A preset, data set or method that the version did not have yet gets those of the first version that had it.
 * @throws Error when there is no such version, or when a setting that it did not have yet does not say what runs did before
 */
export function defaultsOf(version: number, key: DefaultsKey): RunConfig {
  if (!isVersion(version)) throw new Error(`There is no version ${version} of the defaults.`);
  const { preset, dataset, method } = key;
  const table = FROZEN.slice(version - 1).find((frozen) => isKnownTo(frozen, key));
  return table === undefined ? presetConfig(preset, dataset, method) : configFrom(table, key);
}

/** Whether it is a version that this page can read. */
export function isVersion(version: number): boolean {
  return Number.isInteger(version) && version >= 1 && version <= CURRENT_VERSION;
}

/** One set of a table's defaults as a config; settings that came later do what runs did before them. */
export function configFrom(table: DefaultsTable, key: DefaultsKey): RunConfig {
  const named = new Map<string, Leaf>(Object.entries(key));
  const values = SETTING_LIST.map(([path, { formerly }]): [string, Leaf] => {
    const value = named.get(path) ?? defaultIn(table, path, key) ?? formerly;
    if (value === undefined)
      throw new Error(`${path}: say with “formerly” what runs did before there was this setting.`);
    return [path, value];
  });
  return runConfigSchema.parse(unflattened(values));
}
