import { unflattened } from '../configPath';
import { ALL_OPTIONS, hasOption } from '../methods/registry';
import { presetConfig } from '../presets';
import { type RunConfig, runConfigSchema } from '../runConfig';
import { SETTING_LIST } from '../settings/registry';
import type { Leaf } from '../settings/setting';
import { type DefaultsKey, type DefaultsTable, defaultIn, isKnownTo } from './defaultsTable';
import { DEFAULTS as V1 } from './v1';
import { DEFAULTS as V2 } from './v2';
import { DEFAULTS as V3 } from './v3';

/** The defaults of versions 1, 2, ... before the current one. They never change. */
const FROZEN: readonly DefaultsTable[] = [V1, V2, V3];

/**
 * The version written into every link and record. Settings that a link or an old record does not contain have the defaults of its
 * version. Before a default or the meaning of a setting is changed, the current defaults are frozen (CONTRIBUTING).
 */
export const CURRENT_VERSION = FROZEN.length + 1;

/**
 * The defaults of a version. For a preset, data set or method that the version did not have, those of the first version that had it.
 * @throws Error when there is no such version, or when a setting that the version did not have declares no `formerly`
 */
export function defaultsOf(version: number, key: DefaultsKey): RunConfig {
  if (!isVersion(version)) throw new Error(`There is no version ${version} of the defaults.`);
  const { preset, dataset, method } = key;
  const table = FROZEN.slice(version - 1).find((frozen) => isKnownTo(frozen, key));
  return table === undefined ? presetConfig(preset, dataset, method) : configFrom(table, key);
}

/** Whether this page can read the version. */
export function isVersion(version: number): boolean {
  return Number.isInteger(version) && version >= 1 && version <= CURRENT_VERSION;
}

/**
 * The defaults of a table for one key as a config. Later settings get their `formerly` value; later options of other methods get the value
 * that they must have under this one.
 */
export function configFrom(table: DefaultsTable, key: DefaultsKey): RunConfig {
  const named = new Map<string, Leaf>(Object.entries(key));
  const values = SETTING_LIST.map(([path, { formerly, value: now }]): [string, Leaf] => {
    const isOfOthers = ALL_OPTIONS.has(path) && !hasOption(key.method, path);
    const value = named.get(path) ?? defaultIn(table, path, key) ?? (isOfOthers ? now : formerly);
    if (value === undefined)
      throw new Error(`${path}: say with “formerly” what runs did before there was this setting.`);
    return [path, value];
  });
  return runConfigSchema.parse(unflattened(values));
}
