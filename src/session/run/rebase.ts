import { flattenConfig, setConfigValue } from '../../domain/configPath';
import { presetConfig } from '../../domain/presets';
import { configProblems, type DatasetChoice, type PresetName, type RunConfig } from '../../domain/runConfig';

/**
 * The settings for another data set or preset: its defaults, with what was edited by hand kept. Where the two do not fit together,
 * the defaults alone.
 */
export function rebased(config: RunConfig, preset: PresetName, dataset: DatasetChoice): RunConfig {
  const before = flattenConfig(presetConfig(config.preset, config.dataset, config.method));
  const defaults = presetConfig(preset, dataset, config.method);
  let next = defaults;
  for (const [path, value] of flattenConfig(config)) {
    if (path !== 'dataset' && path !== 'preset' && before.get(path) !== value) next = setConfigValue(next, path, value);
  }
  return configProblems(next).length === 0 ? next : defaults;
}

/** A preset chosen afresh: its own values, but for what is not part of a recipe. */
export function withPreset(config: RunConfig, preset: PresetName): RunConfig {
  const { engine, seed, method, dataset } = config;
  return { ...presetConfig(preset, dataset, method), engine, seed };
}
